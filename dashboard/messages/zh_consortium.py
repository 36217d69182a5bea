"""The Chinese texts of the page on the consortia, and the names of its topics."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Topics of indicators
    "subject.fund": "医保打包",
    "subject.governance": "统一管理",
    "subject.emergency": "急诊急救",
    "subject.telemedicine": "远程协同",
    "subject.workforce": "人员队伍",
    "subject.visits": "诊疗量",
    "subject.tcm": "中医药",
    "subject.public_health": "公共卫生",
}
