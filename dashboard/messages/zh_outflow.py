"""The Chinese texts of the outflow page's flows, referrals and resettled people."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "level.tertiary": "三级医院",
    "level.secondary": "二级医院",
    "level.primary": "一级医院",
    "level.ungraded": "未定级",
    "level.unknown": "等级不明",
    # Townships of the insured
    "towns.none": "结算数据没有写明参保人所在的乡镇，本县只到县一级，这里列出各县区。",
    "towns.note": "按参保人所在乡镇，到季度末累计。",
    "towns.first": "列出需关注的前{n}个。",
    "towns.hidden": "{n}个乡镇人次过少，按规定不显示。",
    "towns.unplaced": "另有{n}没有写明本县乡镇，只计入全县。",
    "towns.unplaced_hidden": "没有写明本县乡镇的人次，按规定不显示，只计入全县。",
    "towns.level": "乡镇、街道（按季度）",
    "towns.card": "{name}（本乡镇{first}—{last}月）",
    "towns.county_card": "{name}（全县）",
    "towns.county_unit": "{unit}，全县",
    "towns.span": "1—{last}月累计",
    "towns.by_quarter": "按季度统计，不比环比",
    "towns.panel": "居民就医去向",
    "towns.no_panel": "本县结算数据没有写明参保人所在的乡镇，不能分到乡镇。",
    # How flows are divided
    "flows.by": "去向的分法",
    "flows.by_level": "按医院等级",
    "flows.by_place": "按具体地区",
    "flows.level": "医院等级",
    "flows.no_levels": "本期数据没有按医院等级的去向，现按具体地区显示。",
    "flows.unknown": "链接中的去向不存在，已按默认显示。",
    "flows.sankey_note": "{period}，{total}人次中可显示{count}人次",
    "flows.sankey_part": "{period}，可显示{count}人次",
    "flows.sankey_whole": "{period}，{count}人次",
    "flows.sankey_click": "看某地或某一去向的明细，请点下面表中的名称。",
    "flows.single": (
        "可显示的流向只有：{tier}·{end}{count}人次。另有{n}个流向人数过少，按规定不显示。"
    ),
    "flows.sankey_hidden": "另有{n}个流向人数过少，按规定不显示，未画出。",
    "flows.provisional": "（暂定）",
    "flows.year": "{year}年",
    # The matrix
    "matrix.title": "各县区的去向：{by}",
    "matrix.title_cities": "各市的去向：{by}",
    "matrix.note": "{period}；上为人次，下为占本地县外住院的%",
    "matrix.county": "参保地",
    "matrix.total": "县外住院",
    "matrix.sum": "可显示合计",
    "matrix.partial": "{value}＊",
    "matrix.rule": ("＊人数过少，按规定不显示；“可显示合计”不含这些人次，可能小于县外住院总数。"),
    "matrix.partial_rule": "数后带＊的，另有人数过少的部分未计入。",
    "matrix.top": "可显示的流向中，人次居前的是：{pairs}。",
    "matrix.pair": "{county}→{tier}{end}{count}人次",
    "matrix.pair_level": "的",
    "matrix.share": "{name}占比%",
    "matrix.other": "其他{n}地",
    "places.tier": "只看",
    "places.all": "全部",
    "places.none": "没有去往“{tier}”的县外住院。",
    # Referrals
    "referral.up": "上转",
    "referral.down": "下转",
    "referral.ratio": "下转／上转",
    "referral.ordered": "有序转诊%",
    "referral.counts": "有序／县外住院",
    "referral.months": "上转和下转",
    "referral.months_note": "{area}，按月，人次",
    "referral.year": "{period}：上转{up}人次，下转{down}人次",
    "referral.no_ratio": "。",
    "referral.year_hidden": "{period}：上转、下转的人次过少，按规定不显示。",
    "referral.per_hundred": "，每上转100人次，下转{n}人次。",
    "referral.counties": "各县区的转诊",
    "referral.counties_note": "{period}，人次；有序转诊占比低的在前",
    "referral.rule": (
        "有序转诊：县外住院人次中，入院前0—30天内有本人上转记录的占比。"
        "上转、下转按转出机构所在县区统计，县域内的上转不属于外流。"
    ),
    # Residents who live elsewhere for long
    "resettled.title": "异地安置的影响",
    "resettled.with": "含异地安置",
    "resettled.without": "不含异地安置",
    "resettled.short_with": "含",
    "resettled.short_without": "不含",
    "resettled.few": "相差的人数过少、按规定不分列的县区：{names}。",
    "resettled.few_many": "另有{n}个县区相差的人数过少，按规定不分列。",
    "resettled.untold_many": "有{n}个县区的医保结算数据没有这一栏，不能剔除，见“查看数据”。",
    "resettled.few_all": "各县区相差的人数都少，按规定不分列。",
    "resettled.untold_all": "",
    "resettled.pair": "{area}：含{all}，不含{fewer}，相差{points}个百分点",
    "resettled.numerator": "不含：县外住院人次",
    "resettled.denominator": "不含：住院人次",
    "resettled.why": (
        "长期住在外地的参保人（如随子女居住的老年人）在居住地住院，不是由本县流出；"
        "看本县居民的就医去向，宜看不含异地安置的数。"
    ),
    "resettled.untold": "医保结算数据没有“特殊人员类型”或“异地安置”一栏、不能剔除的县区：{names}。",
    "resettled.none": "医保结算数据没有“特殊人员类型”或“异地安置”一栏，不能区分。",
}
