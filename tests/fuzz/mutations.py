"""What happens to good files: to their rows before they are written, and to their bytes after."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from random import Random

from .world import HEADER, MONEY, TOTAL, File, Table, good_table, written

GARBAGE = (
    *("", " ", "　", "-", "--", "/", "无", "NaN", "inf", "1e400", "#DIV/0!", "#N/A", "NULL", "0"),
    *(
        "\uff11\uff12\uff0e\uff15",
        "￥1,234.50",
        "12,34.5",
        "1.005",
        "-5",
        "(100.00)",
        "1万",
        "1e3",
        "9" * 40,
    ),
    *("2025-02-30", "05/01/2024", "25-1-5", "99999999", "45717", "9999-12-31", "2025年3月1日"),
    *("4.10225E+17", "=1+1", "=cmd|' /C calc'!A0", "<script>", "![](http://192.0.2.1/x)", "'1"),
    *(
        "张\u200b三",
        "\ufeff",
        "\ufffd",
        "锟斤拷",
        "\xe5\xbc\xa0\xe4\xb8\x89",
        "a\x00b",
        "\x1b[31m",
        "\x7f",
    ),
    *('张"三', '"', "a,b", "a;b", "a\tb", "甲\n乙", "长" * 1_500, "\ufdd0", "\ufdd1E", "\u2028"),
    *("合计", "制表人：某某", "结算ID", "410224", "999999", "\u202e123", "𪨰"),
)
HEADERS = (
    "",
    " ",
    "总费用",
    "结算ID",
    "不认识",
    "总 费 用",
    "参保地 ",
    "医疗费总额",
    "a\nb",
    '"',
    "\ufffd",
)


def _at(random: Random, items: list[list[str]]) -> int:
    return random.randrange(len(items))


def repeat_row(table: Table, random: Random) -> Table:
    rows = [list(row) for row in table.rows]
    rows.insert(_at(random, rows), list(random.choice(rows)))
    return replace(table, rows=rows)


def drop_row(table: Table, random: Random) -> Table:
    gone = _at(random, table.rows)
    return replace(table, rows=[row for at, row in enumerate(table.rows) if at != gone])


def swap_rows(table: Table, random: Random) -> Table:
    rows = list(table.rows)
    one, other = _at(random, rows), _at(random, rows)
    rows[one], rows[other] = rows[other], rows[one]
    return replace(table, rows=rows)


def _with_cells(table: Table, random: Random, columns: tuple[int, ...]) -> Table:
    rows = [list(row) for row in table.rows]
    for _ in range(random.randrange(1, 6)):
        row = random.choice(rows)
        row[random.choice(columns) % len(row)] = random.choice(GARBAGE)
    return replace(table, rows=rows)


def spoil_cells(table: Table, random: Random) -> Table:
    return _with_cells(table, random, tuple(range(len(HEADER))))


def spoil_money(table: Table, random: Random) -> Table:
    return _with_cells(table, random, MONEY)


def swap_cells(table: Table, random: Random) -> Table:
    rows = [list(row) for row in table.rows]
    row = random.choice(rows)
    one, other = random.randrange(len(row)), random.randrange(len(row))
    row[one], row[other] = row[other], row[one]
    return replace(table, rows=rows)


def spoil_header(table: Table, random: Random) -> Table:
    header = list(table.header)
    header[random.randrange(len(header))] = random.choice(HEADERS)
    return replace(table, header=header)


def drop_column(table: Table, random: Random) -> Table:
    gone = random.randrange(len(table.header))
    lines = [[c for at, c in enumerate(row) if at != gone] for row in (table.header, *table.rows)]
    return replace(table, header=lines[0], rows=lines[1:])


def move_columns(table: Table, random: Random) -> Table:
    order = list(range(len(table.header)))
    random.shuffle(order)
    lines = [[row[at] for at in order if at < len(row)] for row in (table.header, *table.rows)]
    return replace(table, header=lines[0], rows=lines[1:])


def add_column(table: Table, random: Random) -> Table:
    name = random.choice(("备用", "", "备注", "金额"))
    at = random.randrange(len(table.header) + 1)
    lines = [list(row) for row in (table.header, *table.rows)]
    for line in lines:
        line.insert(at, random.choice(("", "x", "1")))
    lines[0][at] = name
    return replace(table, header=lines[0], rows=lines[1:])


def add_furniture(table: Table, random: Random) -> Table:
    rows = [list(row) for row in table.rows]
    blank = [""] * (len(HEADER) - 1)
    for first in random.sample(("合计", "小计", "制表人：某某", "", "结算ID", "共24条记录"), 3):
        rows.insert(_at(random, rows), [first, *blank])
    above = (
        () if table.kind == "parquet" else random.choice(((), ("医保结算明细",), ("", "单位：元")))
    )
    return replace(table, rows=rows, above=above)


def lengthen_rows(table: Table, random: Random) -> Table:
    rows = [list(row) for row in table.rows]
    if table.kind == "csv":
        random.choice(rows).append("多")
        del random.choice(rows)[-1]
    return replace(table, rows=rows)


def repeat_file(table: Table, random: Random) -> Table:
    return replace(table, rows=[*table.rows, list(table.header), *table.rows])


def leave(table: Table, random: Random) -> Table:
    return table


def flip_bits(data: bytes, random: Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(random.choice((1, 1, 3, 20))):
        spoiled[random.randrange(len(spoiled))] ^= 1 << random.randrange(8)
    return bytes(spoiled)


def spoil_part(data: bytes, random: Random) -> bytes:
    """Change letters inside a workbook's parts and pack them again, checksums and all."""
    if not data.startswith(b"PK"):
        return flip_bits(data, random)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice([name for name in parts if "sheet" in name or "book" in name.lower()])
    part = bytearray(parts[name])
    for _ in range(random.choice((1, 3, 10))):
        part[random.randrange(len(part))] = random.randrange(32, 127)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in (parts | {name: bytes(part)}).items():
            archive.writestr(each, content)
    return out.getvalue()


def cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))]


def insert_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    more = random.choice(
        (b'"', b"\0", b"\xff", b"\n", b"\r", b",", b"\xef\xbb\xbf", random.randbytes(9))
    )
    return data[:at] + more + data[at:]


def drop_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.choice((1, 1, 2, 200)) :]


def other_delimiter(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    lines[at] = lines[at].replace(b",", random.choice((b"|", b";", b"\t", b"")))
    return b"\n".join(lines)


def other_encoding(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    text = lines[at].decode("utf-8", "ignore")
    lines[at] = text.encode(random.choice(("gb18030", "utf-16-le", "utf-8-sig")))
    return b"\n".join(lines)


def overwrite_end(data: bytes, random: Random) -> bytes:
    return data[: len(data) * 3 // 4] + random.choice((b"\0", b"\xff", b" ", b"\n")) * 300


OF_TABLES: tuple[Callable[[Table, Random], Table], ...] = (
    repeat_row,
    drop_row,
    swap_rows,
    spoil_cells,
    spoil_cells,
    spoil_money,
    swap_cells,
    spoil_header,
    drop_column,
    move_columns,
    add_column,
    add_furniture,
    lengthen_rows,
    repeat_file,
    leave,
)
OF_BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip_bits,
    spoil_part,
    spoil_part,
    cut,
    insert_bytes,
    drop_bytes,
    other_delimiter,
    other_encoding,
    overwrite_end,
)


def mutant(seed: int) -> File:
    """Return the file of a seed: a good one, changed once, or twice."""
    random = Random(seed)
    table = good_table(random, seed=seed)
    names = []
    of_tables = random.random() < 0.6
    for _ in range(random.choice((1, 1, 2)) if of_tables else 0):
        change = random.choice(OF_TABLES)
        names.append(change.__name__)
        table = change(table, random)
    file = written(table, name=f"{seed:05d}", what="+".join(names))
    if of_tables:
        return file
    spoil = random.choice(OF_BYTES)
    data = spoil(file.data, random) or b"\n"
    return file.spoiled(spoil.__name__, data=data, totals=totals_of_lines(file, data))


def totals_of_lines(file: File, data: bytes) -> dict[int, str] | None:
    """Read the totals of a spoiled text line by line; None where lines are not records."""
    table = file.table
    if table.kind != "csv" or table.encoding == "utf-16" or b'"' in data or b"\0" in data:
        return None
    text = data.decode(table.encoding, "replace").rstrip("\x1a")
    header, *lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if header.split(table.delimiter) != HEADER:
        return None
    blank = f" \t\u3000\ufeff{table.delimiter}"
    cells = {
        at: line.split(table.delimiter) for at, line in enumerate(lines, 2) if line.strip(blank)
    }
    return {at: row[TOTAL] if len(row) == len(HEADER) else "" for at, row in cells.items()}
