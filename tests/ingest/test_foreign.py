"""What a file is that only looks like a table: told with what to do about it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.foreign import what_is_packed, what_it_is
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks.excel import ExcelReader

WEB_PAGE = b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table></table></html>'
OLD_XML = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)
TEXT = "结算ID,总费用\n1,2\n"


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (WEB_PAGE, "网页表格，请用Excel或WPS打开，另存为XLSX"),
        (b"\xef\xbb\xbf \r\n<TABLE><tr>", "网页表格"),
        ("<table>".encode("utf-16"), "网页表格"),
        (OLD_XML, "XML表格，请用Excel或WPS打开，另存为XLSX"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", "网页表格（MHT）"),
        (b"%PDF-1.7", "PDF"),
        (b"Rar!\x1a\x07", "RAR压缩包，请解压"),
        (b"\x89PNG\r\n", "图片"),
        (b'[{"a":1}]', "JSON"),
        (b"{\\rtf1", "文档"),
        (b"\x09\x04\x06\0\0\0\x10\0\0\0", "Excel 95或更早的工作簿，请用Excel或WPS打开，另存为XLSX"),
        (TEXT.encode("gb18030"), "把扩展名改为.csv"),
        (TEXT.encode(), "把扩展名改为.csv"),
        (TEXT.encode("utf-16"), "把扩展名改为.csv"),
        (b"\x00\x01\x02,", ""),
        (b"words", ""),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(data: bytes, told: str) -> None:
    found = what_it_is(data)
    assert told in found
    assert bool(found) == bool(told)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("mimetype", "content.xml"), "ODS"),
        (("word/document.xml",), "Word"),
        (("xl/workbook.bin",), "XLSB"),
        (("三月/结算.CSV",), "解压"),
        (("a.bin",), ""),
    ],
)
def test_the_entries_tell_what_an_archive_is(names: tuple[str, ...], told: str) -> None:
    found = what_is_packed(names)
    assert told in found
    assert bool(found) == bool(told)


@pytest.mark.parametrize(
    ("data", "told"), [(WEB_PAGE, "网页表格"), (packed("a.csv"), "压缩包"), (TEXT.encode(), ".csv")]
)
def test_whoever_sent_it_is_told_what_to_do(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex, data: bytes, told: str
) -> None:
    path = tmp_path / "结算.xls"
    path.write_bytes(data)
    with pytest.raises(FileRefused) as refused:
        excel.read(path, index)
    assert refused.value.code == "WRONG_FORMAT"
    assert told in refused.value.note
