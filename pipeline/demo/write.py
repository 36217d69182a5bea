"""Write the whole demonstration world, two sites at a time."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.demo.activity import UNREPORTED, write_activity
from pipeline.demo.clinics import write_clinics
from pipeline.demo.contracts import write_contracts
from pipeline.demo.defects import Defect
from pipeline.demo.equipment import build_devices, write_equipment
from pipeline.demo.equipment_doubts import doubts, plans
from pipeline.demo.income import write_income
from pipeline.demo.institutions import write_institutions
from pipeline.demo.population import write_population
from pipeline.demo.referrals import write_referrals
from pipeline.demo.settlements import RESTATED, build_model, write_settlements
from pipeline.demo.sites import build_sites
from pipeline.demo.targets import write_targets
from pipeline.demo.world import Site
from pipeline.errors import StorageError, UsageError, why_zh
from pipeline.progress import ProgressCallback, silent
from pipeline.reference import load_reference

DEFAULT_CITIES = ("410200", "411600", "411300")
DEFAULT_SCALE = 0.036  # about 1.5 million settlements from 2021 to mid 2025
DEFAULT_SEED = 20250630
DEFAULT_START = date(2021, 1, 1)
DEFAULT_UNTIL = date(2025, 6, 30)
WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be written, as every task needs it."""

    out: Path
    cities: tuple[str, ...]
    scale: float
    seed: int
    start: date
    until: date

    def sites(self) -> tuple[Site, ...]:
        """Build the sites; the same in every process."""
        return build_sites(load_reference(), self.cities, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class DemoSummary:
    """What was written: rows by source, files, and the deliberate defects."""

    out: Path
    rows: dict[str, int]
    files: int
    defects: tuple[Defect, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one task wrote."""

    rows: dict[str, int] = field(default_factory=dict)
    defects: tuple[Defect, ...] = ()


def write_world(
    out: Path,
    *,
    cities: Sequence[str] = DEFAULT_CITIES,
    scale: float = DEFAULT_SCALE,
    seed: int = DEFAULT_SEED,
    start: date = DEFAULT_START,
    until: date = DEFAULT_UNTIL,
    progress: ProgressCallback = silent,
) -> DemoSummary:
    """Write the raw files of the demonstration world below a folder.

    The two small worlds always come along. `scale` is the share of insured persons whose
    settlements and referrals are written; registries and monthly reports are always whole.
    `progress` is called with stage, tasks done, tasks in all and rows so far.

    Raises:
        UsageError: the folder holds files, a city is unknown, or a number makes no sense.
        StorageError: the disk failed.
    """
    order = Order(out=out, cities=tuple(cities), scale=scale, seed=seed, start=start, until=until)
    _check(order)
    sites = order.sites()
    try:
        out.mkdir(parents=True, exist_ok=True)
        parts = _run(order, sites, progress)
        return _finish(order, sites, parts)
    except BrokenProcessPool as error:
        raise StorageError(
            "演示数据没有写完：一个子进程被系统中止，多半是内存不足。请减小 --scale 再试。"
        ) from error
    except OSError as error:
        raise StorageError(f"演示数据写不进{out}：{why_zh(error)}。请检查磁盘。") from error


def _check(order: Order) -> None:
    if not 0 < order.scale <= 1:
        raise UsageError(f"比例应大于0、不超过1，现为{order.scale}。")
    if not date(2021, 1, 1) <= order.start < order.until:
        raise UsageError(
            f"起止日期应为2021-01-01之后、先后有序，现为{order.start}至{order.until}。"
        )
    if len(set(order.cities)) != len(order.cities) or not order.cities:
        raise UsageError("城市代码不能重复，也不能为空。例：--cities 410200,411600。")
    if order.out.exists() and any(order.out.iterdir()):
        raise UsageError(f"{order.out}里已有文件，演示数据不覆盖它们。请换一个文件夹或先清空。")


def _events(order: Order, number: int) -> Part:
    """Write settlements and referrals of a site."""
    site = order.sites()[number]
    model = build_model(site, load_reference().areas, scale=order.scale, seed=order.seed)
    written = write_settlements(model, order.out, start=order.start, until=order.until)
    referrals, found = write_referrals(
        model, written.away, order.out, start=order.start, until=order.until
    )
    return Part(
        rows={"settlements": written.rows, "referrals": referrals},
        defects=(*written.defects, *found),
    )


def _equipment(order: Order, number: int) -> Part:
    rows, defects = write_equipment(
        order.sites()[number], order.out, start=order.start, until=order.until, seed=order.seed
    )
    return Part(rows={"equipment": rows}, defects=defects)


def _contracts(order: Order, number: int) -> Part:
    rows = write_contracts(
        order.sites()[number], order.out, start=order.start, until=order.until, seed=order.seed
    )
    return Part(rows={"contracts": rows})


def _reports(order: Order, number: int) -> Part:
    """Write clinics and monthly reports of a site."""
    site = order.sites()[number]
    clinics, found = write_clinics(site, order.out, until=order.until, seed=order.seed)
    activity, spoiled = write_activity(
        site, order.out, start=order.start, until=order.until, seed=order.seed
    )
    return Part(rows={"clinics": clinics, "activity": activity}, defects=(*found, *spoiled))


def _common(order: Order, _: int) -> Part:
    """Write what all sites share: register, population, incomes, targets."""
    sites = order.sites()
    return Part(
        rows={
            "institutions": write_institutions(
                sites, order.out, start=order.start, until=order.until
            ),
            "population": write_population(sites, order.out, until=order.until),
            "income": write_income(sites, order.out, until=order.until, seed=order.seed),
            "targets": write_targets(sites, order.out, until=order.until),
        }
    )


TASKS: dict[str, Callable[[Order, int], Part]] = {
    "结算和转诊": _events,
    "设备": _equipment,
    "签约": _contracts,
    "村卫生室和月报": _reports,
    "名录、人口和目标": _common,
}


def _work(name: str, order: Order, number: int) -> Part:
    return TASKS[name](order, number)


def _run(order: Order, sites: Sequence[Site], progress: ProgressCallback) -> list[Part]:
    """Run the tasks in two spawned processes, the long ones first."""
    numbers = sorted(range(len(sites)), key=lambda n: -len(sites[n].counties))
    jobs = [(name, n) for name in TASKS if name != "名录、人口和目标" for n in numbers]
    jobs.append(("名录、人口和目标", 0))
    context = multiprocessing.get_context("spawn")
    done: dict[tuple[str, int], Part] = {}
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        futures: dict[Future[Part], tuple[str, int]] = {
            pool.submit(_work, name, order, number): (name, number) for name, number in jobs
        }
        for future in as_completed(futures):
            job = futures[future]
            done[job] = future.result()
            rows = sum(sum(part.rows.values()) for part in done.values())
            progress(job[0], len(done), len(jobs), rows)
    return [done[job] for job in jobs]


def _finish(order: Order, sites: Sequence[Site], parts: Sequence[Part]) -> DemoSummary:
    """Write the mark of a demonstration and the list of what is wrong on purpose."""
    rows: dict[str, int] = {}
    for part in parts:
        for source, count in part.rows.items():
            rows[source] = rows.get(source, 0) + count
    defects = sorted(
        (defect for part in parts for defect in part.defects),
        key=lambda d: (d.file, d.sheet or "", d.row or 0, d.column or ""),
    )
    mark = {
        "demonstration": True,
        "cities": list(order.cities),
        "scale": order.scale,
        "seed": order.seed,
        "from": order.start.isoformat(),
        "until": order.until.isoformat(),
    }
    truth = {
        **mark,
        "rows": dict(sorted(rows.items())),
        "facts": _facts(sites) | _ledger_facts(order, sites),
        "defects": [defect.record() for defect in defects],
    }
    _write_json(order.out / "truth.json", truth)
    _write_json(order.out / "DEMO.json", mark)  # last: the world is whole when it is there
    # Those of the sources, which a build reads; what the world says of itself is none of them.
    files = sum(path.is_file() for path in order.out.glob("*/*"))
    return DemoSummary(out=order.out, rows=rows, files=files, defects=tuple(defects))


def _facts(sites: Sequence[Site]) -> dict[str, object]:
    """Say what of the world is odd but right, and how large each site is."""
    codes = {county.code for site in sites for county in site.counties}
    return {
        "restated_months": {s.code: RESTATED[s.code] for s in sites if s.code in RESTATED},
        "unreported": sorted(f"{c} {m:%Y-%m}" for c, m in UNREPORTED if c in codes),
        "sites": {
            site.code: {
                "name": site.name,
                "counties": len(site.counties),
                "centres": sum(i.is_centre for i in site.institutions),
                "consortia": len({i.consortium_code for i in site.institutions} - {None}),
            }
            for site in sites
        },
    }


def _ledger_facts(order: Order, sites: Sequence[Site]) -> dict[str, object]:
    """Say what the equipment ledgers plan and where they contradict themselves."""
    told, planned = [], []
    for site in sites:
        devices = build_devices(site, seed=order.seed)
        told += doubts(site, devices, start=order.start, until=order.until)
        planned += plans(site, devices, order.until, until=order.until)
    return {
        "ledger_doubts": [doubt.record() for doubt in told],
        "planned_devices": sorted(f"{p.institution.code} {p.kind}" for p in planned),
    }


def _write_json(path: Path, value: dict[str, object]) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
