"""The Chinese texts of what clinics, equipment, contracts and county pages show in depth."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # In a meeting nothing can be searched or downloaded.
    "table.cut_meeting": "先列前{shown}条，共{total}条。",
    # Clinics: burn-up
    "burn_up.title": "何时能完成",
    "burn_up.note": "规划内，近{n}周，所",
    "burn_up.done": "已完成",
    "burn_up.planned": "规划",
    "burn_up.due": "{month}月{day}日到期",
    "burn_up.reached_short": "{month}月{day}日达标",
    "burn_up.reached": "按近8周进度，{year}年{month}月{day}日达到目标",
    "burn_up.week": "周（截至周五）",
    "burn_up.rate": "完成率%",
    "burn_up.no_target": "未设目标，不作推算。",
    "burn_up.met": "已达到{target}的目标。",
    "burn_up.too_short": "距{target}还差{missing}所；不足8周的数据，不推算日期",
    "burn_up.stopped": "近8周没有新完成的，按此进度达不到{target}",
    "burn_up.too_far": "近8周每周{pace}所，按此进度三年内达不到{target}",
    "burn_up.projected": "按近8周进度（每周{pace}所），{day}达{target}",
    "burn_up.need": "；要在{day}前达标，还差{missing}所，每周需{need}所。",
    # Clinics: works that take long, standards
    "clinics.slow": "工期偏长的在建名单",
    "clinics.slow_note": "{slow}所超过{days}天，共{n}所",
    "clinics.slow_rule": "{days}天：九成已竣工的村卫生室在此天数内建成。",
    "clinics.no_usual": "在建{n}所，按开工至今天数由长到短",
    "clinics.standards": "面积与产权",
    "clinics.standards_note": "全部村卫生室；面积标准为60平方米",
    "clinics.area_met": "面积达标",
    "clinics.area_rate": "达标%",
    "clinics.public": "公有产权",
    "clinics.public_rate": "公有%",
    "clinics.all": "总数",
}
