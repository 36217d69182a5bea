"""What each command does; parsing is in `__main__`, words go through a `Talk`.

Heavy modules are imported by the command that needs them: `list` answers at once.
"""

from __future__ import annotations

import difflib
import shutil
from argparse import Namespace
from pathlib import Path
from typing import Any

from pipeline import snapshots
from pipeline.catalog import Indicator, catalogue
from pipeline.console.talk import Talk
from pipeline.errors import UsageError
from pipeline.snapshots.locking import unfinished_zh

Answer = dict[str, Any]


def run_demo(args: Namespace, talk: Talk) -> Answer:
    """Write the raw files of the demonstration world, whole or not at all.

    They are written beside the folder and moved in at the end: half a world without its mark would
    be taken for real data.
    """
    from pipeline.demo import write_world

    if args.out.exists() and (not args.out.is_dir() or any(args.out.iterdir())):
        raise UsageError(f"{args.out} 里已有文件，演示数据不会覆盖。请用 --out 另选一个文件夹。")
    names = ("cities", "scale", "seed", "start", "until")
    wanted = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if "cities" in wanted:
        wanted["cities"] = tuple(code.strip() for code in args.cities.split(",") if code.strip())
    part = args.out.with_name(f"{args.out.name}.part")
    if part.exists():
        shutil.rmtree(part)
    summary = write_world(part, progress=talk.progress, **wanted)
    part.replace(args.out)
    talk.say(
        f"演示数据已写入 {args.out}：{summary.files} 个文件，{sum(summary.rows.values()):,} 行，"
        f"其中有意写错 {len(summary.defects)} 处。下一步：python -m pipeline build --raw {args.out}"
    )
    return {
        "out": str(args.out),
        "files": summary.files,
        "rows": summary.rows,
        "defects": len(summary.defects),
    }


def run_check(args: Namespace, talk: Talk) -> Answer:
    """Say what of a folder or file would be accepted; write nothing."""
    from pipeline.checking import check
    from pipeline.console import report

    checked = check(
        args.path,
        source=args.source,
        reference=args.reference,
        as_of=args.as_of,
        progress=talk.progress,
    )
    for line in report.check_lines(checked):
        talk.say(line)
    return checked


def run_build(args: Namespace, talk: Talk) -> Answer:
    """Build and publish."""
    from pipeline.build import build
    from pipeline.console import report

    result = build(
        args.raw,
        args.marts,
        as_of=args.as_of,
        full=args.full,
        accept_jump=args.accept_jump,
        progress=talk.progress,
    )
    if result.cut_off_zh:
        talk.log(result.cut_off_zh)
    for line in report.file_lines(result.ledger_files, result.rejected):
        talk.log(line)
    for line in report.summary_lines(result):
        talk.log(line)
    talk.say(f"已发布：{report.snapshot_zh(result.snapshot)}。")
    return report.build_object(result)


def run_status(args: Namespace, talk: Talk) -> Answer:
    """Describe the snapshot in force, verified, and a writer at work or cut off."""
    from pipeline.console import report

    unfinished = unfinished_zh(args.marts)
    if unfinished:
        talk.say(unfinished)
    snapshot = snapshots.current(args.marts)
    talk.say(f"现用{report.snapshot_zh(snapshot)}。")
    rows = report.manifest_totals(snapshot)
    talk.say(f"原始数据：{rows['files']} 个文件；{report.counts_zh(rows)}")
    for jump in snapshot.manifest.jumps:
        talk.say(f"  与上次相比：{jump}")
    for name, entry in sorted(snapshot.manifest.marts.items()):
        talk.say(f"  {name}：{entry.rows:,} 行")
    return {**report.snapshot_object(snapshot), "totals": rows, "unfinished": unfinished}


def run_list(args: Namespace, talk: Talk) -> Answer:
    """List the snapshots, newest first."""
    from pipeline.console import report

    lines = snapshots.list_snapshots(args.marts)
    for line in lines:
        text = report.snapshot_zh(line.snapshot) if line.snapshot else line.fault_zh
        talk.say(f"{'*' if line.is_current else ' '} {text}")
    if not lines:
        talk.say(f"{args.marts} 中还没有发布过快照。")
    return {
        "snapshots": [
            {
                "snapshot": line.id,
                "is_current": line.is_current,
                **(report.snapshot_object(line.snapshot) if line.snapshot else {}),
                "fault": line.fault_zh,
            }
            for line in lines
        ]
    }


def run_rollback(args: Namespace, talk: Talk) -> Answer:
    """Put an older snapshot in force again."""
    from pipeline.console import report

    snapshot = snapshots.rollback(args.marts, args.id)
    talk.say(f"已退回：{report.snapshot_zh(snapshot)}。")
    return report.snapshot_object(snapshot)


def run_verify(args: Namespace, talk: Talk) -> Answer:
    """Hash every file of a snapshot, and follow the log of publications."""
    from pipeline.console import report

    snapshot = snapshots.verify(args.marts, args.id)
    files = len(snapshot.manifest.marts) + len(snapshot.manifest.boundaries)
    talk.say(f"校验通过：{files} 个文件与发布时一致。{report.snapshot_zh(snapshot)}。")
    chain, proof = snapshots.verify_log(args.marts)
    talk.say(proof)
    log = {"lines": chain.lines, "unproved": chain.unproved, "message": proof}
    return {**report.snapshot_object(snapshot), "files": files, "intact": True, "log": log}


def _indicator(wanted: str) -> Indicator:
    known = catalogue().indicators
    by_name = {item.name_zh: item for item in known.values()}
    found = known.get(wanted) or by_name.get(wanted)
    if found is None:
        near = difflib.get_close_matches(wanted, [*known, *by_name], n=3, cutoff=0.4)
        hint = f"相近的有：{'、'.join(near)}。" if near else f"可用的有：{'、'.join(known)}。"
        raise UsageError(f"没有指标“{wanted}”。{hint}")
    return found


LEVELS_ZH = {
    "group": "合计",
    "province": "省",
    "city": "市",
    "county": "县区",
    "township": "乡镇",
    "village": "村",
}
POLARITIES_ZH = {
    "higher_is_better": "越高越好",
    "lower_is_better": "越低越好",
    "none": "不分高低",
}
POLICIES_ZH = {
    "verified": "已核对原文",
    "second_hand": "转引，未核对原文",
    "local": "本地口径",
    "from_memory": "未核实，不得称为官方指标",
}


def run_describe(args: Namespace, talk: Talk) -> Answer:
    """Say what an indicator means and what it is made of, or describe everything.

    Raises:
        UsageError: no such indicator, neither or both of an indicator and `--all`.
    """
    if args.indicator is None and not args.all:
        raise UsageError("缺少参数：INDICATOR（指标的编号或名称）；要全部指标请用 --all。")
    if args.indicator is not None and (args.all or args.markdown):
        raise UsageError("写了指标就不能再用 --all 或 --markdown。")
    if args.all:
        return _describe_all(talk, markdown=args.markdown)
    found, counters = _indicator(args.indicator), catalogue().counters
    parts = [found.numerator, found.denominator] if found.denominator else [found.numerator]
    names = [f"{counters[part].name_zh}（{part}）" for part in parts]
    target = "无" if found.target is None else f"{found.target:g}"
    if found.target is not None and found.unit_zh == "%":
        target = f"{found.target * 100:.{found.decimals}f}%"
    talk.say(f"{found.name_zh}（{found.id}）　单位：{found.unit_zh}")
    talk.say(f"定义：{found.definition_zh}")
    talk.say(f"计算：{' ÷ '.join(names)}")
    talk.say(
        f"最细到：{LEVELS_ZH[found.finest_level]}　{POLARITIES_ZH[found.polarity]}　目标：{target}"
    )
    talk.say(f"注意：{found.caveats_zh}")
    talk.say(f"依据：{found.policy_zh}（{POLICIES_ZH[found.policy_status]}）")
    talk.say(f"责任单位：{found.responsible_zh}　复核日期：{found.reviewed_on}")
    return {field: getattr(found, field) for field in found.__dataclass_fields__}


def _describe_all(talk: Talk, *, markdown: bool) -> Answer:
    from pipeline.documents import dictionary

    if markdown:
        talk.say(dictionary.markdown(catalogue()).rstrip("\n"))
    else:
        for line in dictionary.lines(catalogue()):
            talk.say(line)
    return dictionary.as_object(catalogue())


def run_template(args: Namespace, talk: Talk) -> Answer:
    """Write the workbook that a county fills in for a source; never over a file.

    Raises:
        UsageError: no such source, or the file is there already.
    """
    from pipeline.catalog.sources import source_called
    from pipeline.documents.template import template_bytes, template_name

    content, out = template_bytes(args.source), args.out or Path(template_name(args.source))
    try:
        with out.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(f"{out} 已存在，不会覆盖。请用 --out 另写一个文件名。") from error
    source = source_called(args.source)
    talk.say(
        f"{source.name_zh}的填报表已写入 {out}。填好后先检查："
        f"python -m pipeline check {out} --source {source.id}"
    )
    return {"source": source.id, "out": str(out), "bytes": len(content)}


def run_geo(args: Namespace, talk: Talk) -> Answer:
    """Bring a city's polygons and divisions into the reference data."""
    from pipeline import geo

    message = geo.run(args)
    talk.say(message)
    return {"message": message}
