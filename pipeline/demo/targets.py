"""Write 目标: what each site has set itself, one CSV a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.demo.rawfile import UTF8_BOM, write_frame
from pipeline.demo.world import Site

FOLDER = "targets"
YEARS = (2024, 2025)
# Indicator, its name, and the target of each year as offices write it.
TARGETS: tuple[tuple[str, str, tuple[str, str]], ...] = (
    ("out_of_county_inpatient_rate", "县域外住院占比", ("24.5%", "23%")),
    ("fund_outflow_rate", "医保基金外流率", ("33%", "31%")),
    ("standardised_clinic_rate", "标准化村卫生室完成率", ("85%", "95%")),
    ("three_device_coverage", "三大件覆盖率", ("90%", "100%")),
    ("contract_rate", "常住人口签约率", ("52.5%", "54.5%")),
    ("key_group_contract_rate", "重点人群签约率", ("78%", "80%")),
    ("fulfilment_rate", "履约率", ("88%", "90%")),
    ("basic_standard_rate", "基本标准达标率", ("100%", "100%")),
    ("recommended_standard_rate", "推荐标准达标率", ("60%", "70%")),
    ("county_sub_centres", "县域医疗卫生次中心数", ("5", "8")),
)


def write_targets(sites: Sequence[Site], out: Path, *, until: date) -> int:
    """Write the targets of the years that have begun; returns rows."""
    rows = 0
    for position, year in enumerate(YEARS):
        if year > until.year:
            continue
        lines = [
            (indicator, name, site.code, f"{year}-12-31", targets[position])
            for site in sites
            if site.is_city
            for indicator, name, targets in TARGETS
        ]
        columns = ("指标编号", "指标名称", "区划代码", "截止日期", "目标值")
        frame = pl.DataFrame(lines, schema=dict.fromkeys(columns, pl.String), orient="row")
        write_frame(frame, out / FOLDER / f"目标_{year}.csv", encoding=UTF8_BOM)
        rows += frame.height
    return rows
