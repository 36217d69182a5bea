"""Write 机构名录: one workbook for all sites and extract day, half-yearly at first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.demo.calendar import extract_dates
from pipeline.demo.workbook import Cell, open_workbook, write_rows
from pipeline.demo.world import Institution, Site

FOLDER = "institutions"
HEADERS = (
    *("机构编码", "机构名称", "机构类型", "医院等级", "区划代码", "乡镇代码", "乡镇"),
    *("医共体编码", "医共体名称", "医共体角色", "加入日期", "启用日期", "基本标准达标日期"),
    *("推荐标准达标日期", "次中心获批日期", "五个100授牌日期", "中医馆建成日期"),
)


def institution_row(institution: Institution, day: date) -> list[Cell]:
    """Write an institution as it is known on a day; what comes later is blank."""
    role = ("牵头" if institution.is_lead else "成员") if institution.consortium_code else None
    dates = (
        institution.joined_on,
        institution.opened_on,
        institution.basic_on,
        institution.recommended_on,
        institution.sub_centre_on,
        institution.model_on,
        institution.tcm_clinic_on,
    )
    return [
        institution.code,
        institution.name,
        institution.kind,
        institution.level,
        institution.county_code,
        institution.township_code,
        institution.township_name,
        institution.consortium_code,
        institution.consortium_name,
        role,
        *(f"{d:%Y-%m-%d}" if d is not None and d <= day else None for d in dates),
    ]


def write_institutions(sites: Sequence[Site], out: Path, *, start: date, until: date) -> int:
    """Write the register of all sites; returns rows."""
    rows = 0
    for day in extract_dates(start, until):
        known = [
            institution
            for site in sites
            for institution in site.institutions
            if institution.opened_on is None or institution.opened_on <= day
        ]
        book = open_workbook(out / FOLDER / f"机构名录_{day:%Y%m%d}.xlsx")
        sheet = book.add_worksheet("机构名录")
        write_rows(sheet, 0, [list(HEADERS), *(institution_row(i, day) for i in known)])
        book.close()
        rows += len(known)
    return rows
