"""The Chinese texts of what a visitor takes along."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "export.button": "带走本页",
    "export.picture": "会议图片（PNG）",
    "export.workbook": "数据表格（XLSX）",
    "export.failed": "文件未能生成，请稍后再试；如仍不能生成，请把编号告诉信息科。编号 {number}。",
    "export.more_rows": "未列完，其余见数据表格",
    "export.cut_chart": "图形较长，只列前一部分，其余见数据表格",
    "export.left_out": "本图未列、可在数据表格中查看：{titles}",
    "export.about": "说明",
    "export.sheet": "数据",
    "export.indicators": "指标数值",
    "export.title": "页面",
    "export.claim": "要点",
    "export.day": "数据日期",
    "export.snapshot": "快照编号",
    "export.sources": "来源",
    "export.boundaries": "地图",
    "export.count_unit": "分子分母单位",
    "export.value": "数值",
    "export.unit": "单位",
    "export.lower": "95%区间下限",
    "export.upper": "95%区间上限",
}
