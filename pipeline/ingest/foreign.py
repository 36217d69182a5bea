"""Say in Chinese what a file is that cannot be read as a table, and what to do about it.

Systems give web pages, text and archives the ending of a workbook; whoever sent the file sees a
table when they open it and cannot know. Used in the child process too.
"""

from __future__ import annotations

from collections.abc import Collection

TOP = 1 << 12  # bytes that tell what a file is
_SAVE_AS = "请用Excel或WPS打开，另存为XLSX后重新放入"
PAGE_ZH = f"内容是网页表格，{_SAVE_AS}"
OLD_BOOK_ZH = f"内容是Excel 95或更早的工作簿，{_SAVE_AS}"
_UNPACK = "请解压后放入里面的表格"
_BY_FIRST_BYTES = (
    (b"%PDF", "内容是PDF，请向填报单位要Excel或CSV原表"),
    (b"Rar!", f"内容是RAR压缩包，{_UNPACK}"),
    (b"7z\xbc\xaf", f"内容是7z压缩包，{_UNPACK}"),
    (b"\x1f\x8b", f"内容是gz压缩包，{_UNPACK}"),
    (b"\x89PNG", "内容是图片，请向填报单位要Excel或CSV原表"),
    (b"\xff\xd8\xff", "内容是图片，请向填报单位要Excel或CSV原表"),
    (b"{\\rtf", f"内容是文档，{_SAVE_AS}"),
    # Old workbooks without the container that came with 1995, by their first record.
    *((bytes((0x09, version)), OLD_BOOK_ZH) for version in (0, 2, 4, 8)),
)
OLD_DOCUMENT = "WordDocument"  # the stream of old word processors
DOCUMENT_ZH = "内容是Word文档，请把表格另存为XLSX后重新放入"
_IN_ARCHIVE = (
    ("content.xml", f"内容是ODS表格，{_SAVE_AS}"),
    ("word/document.xml", DOCUMENT_ZH),
    ("xl/workbook.bin", f"内容是XLSB工作簿，{_SAVE_AS}"),
)
_TABLES = (".csv", ".txt", ".xls", ".xlsx")


def what_it_is(top: bytes) -> str:
    """Tell from the first bytes (`TOP` of them) what a file is; nothing where they do not tell."""
    for magic, told in _BY_FIRST_BYTES:
        if top.startswith(magic):
            return told
    text = top.decode("latin-1").replace("\0", "").lstrip("\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith("mime-version"):
        return f"内容是网页表格（MHT），{_SAVE_AS}"
    if text.startswith("<"):
        is_sheet = "office:spreadsheet" in text and "<html" not in text
        return f"内容是XML表格，{_SAVE_AS}" if is_sheet else PAGE_ZH
    if text.startswith(("{", "[")):
        return "内容是JSON数据，请导出为CSV或XLSX"
    may_be_text = b"\0" not in top or top.startswith((b"\xff\xfe", b"\xfe\xff"))
    is_text = may_be_text and any(mark in text for mark in (",", "\t", ";"))
    return "内容是文本而不是工作簿，请把扩展名改为.csv后重新放入" if is_text else ""


def what_is_packed(names: Collection[str]) -> str:
    """Tell from the entries of a ZIP container without a workbook what it is."""
    for name, told in _IN_ARCHIVE:
        if name in names:
            return told
    has_tables = any(name.lower().endswith(_TABLES) for name in names)
    return f"内容是ZIP压缩包，{_UNPACK}" if has_tables else ""
