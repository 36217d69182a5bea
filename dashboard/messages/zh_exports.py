"""The Chinese texts of what a visitor takes along."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "export.button": "带走本页",
    "export.picture": "下载图片（会议用）",
    "export.workbook": "下载数据表（XLSX）",
    "export.more_rows": "其余{n}行见数据表",
    "export.cut_chart": "图形较长，此处只列前一部分，完整数据见数据表",
    "export.left_out": "本图未列、可在数据表中查看：{titles}",
}
