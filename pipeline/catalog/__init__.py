"""Load the declarations: indicators, counters, settings and sources; an unknown key is an error."""

from __future__ import annotations

import dataclasses
import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pipeline.catalog.kinds import fits, hints, told_zh
from pipeline.errors import CatalogueError

HERE = Path(__file__).parent
SETTINGS = "settings.toml"
# The limits that `largest_jumps` gives.
JUMPS = ("total", "rows_lost", "smallest_total", "smallest_fen")

Level = Literal["group", "province", "city", "county", "township", "village"]
LEVELS: tuple[Level, ...] = ("group", "province", "city", "county", "township", "village")


@dataclass(frozen=True, kw_only=True)
class Counter:
    """An additive quantity: a flow sums over time, a stock takes its last value."""

    id: str
    name_zh: str
    source: str
    kind: Literal["flow", "stock"]
    unit: str
    patient_derived: bool = False


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A numerator counter over a denominator counter, and all that a page says about it."""

    id: str
    name_zh: str
    short_zh: str
    name_en: str
    topic: str
    kind: Literal["flow", "stock"]
    form: Literal["proportion", "money_share", "ratio", "count"]
    numerator: str
    denominator: str | None = None
    partition: str | None = None
    unit_zh: str
    count_unit_zh: str
    decimals: int
    polarity: Literal["higher_is_better", "lower_is_better", "none"]
    finest_level: Level
    material_difference: float
    classes: tuple[float, ...]
    target: float | None = None
    due_with: str | None = None  # the indicator on whose day a declared target is due, too
    per: float = 1.0  # ratio and count: the value is given per so many, or fen in a larger unit
    definition_zh: str
    caveats_zh: str
    policy_zh: str
    policy_status: Literal["verified", "second_hand", "local", "from_memory"]
    responsible_zh: str
    reviewed_on: date
    history: tuple[tuple[date, str], ...] = ()  # what changed in the definition, oldest first

    @property
    def is_share(self) -> bool:
        """Say whether values are fractions from 0 to 1 that pages show in percent."""
        return self.form in ("proportion", "money_share")

    def reaches(self, level: str) -> bool:
        """Say whether the indicator exists at an area level."""
        return LEVELS.index(level) <= LEVELS.index(self.finest_level)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator decides."""

    product_name_zh: str
    map_approval_number: str
    boundary_source_zh: str
    small_number_threshold: int
    claims_delay_months: int
    week_ends_on: int
    weekly_history_weeks: int
    confidence: float
    quality_grades: dict[str, float]
    stale_after_days: dict[str, int]
    snapshots_kept: int
    snapshots_kept_days: int
    largest_jumps: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything declared, by id, in the order of the files."""

    counters: dict[str, Counter]
    indicators: dict[str, Indicator]
    settings: Settings

    def is_by_quarter(self, indicator: Indicator) -> bool:
        """Say whether townships have the indicator by quarter alone: settlements are too few."""
        is_settled = self.counters[indicator.numerator].source == "settlements"
        return is_settled and indicator.kind == "flow" and indicator.reaches("township")


T = TypeVar("T")


def strict(kind: type[T], block: dict[str, Any], *, where: str) -> T:
    """Build a dataclass from a TOML block; name unknown and missing keys, and wrong values.

    Raises:
        CatalogueError: a key too many or too few, or a value of another type.
    """
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]  # T is one
    unknown = sorted(set(block) - set(fields))
    required = {
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    missing = sorted(required - set(block))
    if unknown or missing:
        raise CatalogueError(
            f"目录文件{where}有误：多出{unknown or '无'}，缺少{missing or '无'}。"
            f"可用的键：{sorted(fields)}。"
        )
    values = {key: _frozen(value) for key, value in block.items()}
    types = hints(kind)
    wrong = [
        f"{key}应为{told_zh(types[key])}，不是{value!r}"
        for key, value in values.items()
        if not fits(value, types[key])
    ]
    if wrong:
        raise CatalogueError(f"目录文件{where}有误：{'；'.join(wrong)}。")
    return kind(**values)


def _frozen(value: Any) -> Any:
    """Make lists tuples, those within lists too, so that what is declared can be hashed."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of the catalogue."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"目录文件{path.name}读不出来：{error}。") from error


def _blocks(path: Path, key: str, kind: type[T]) -> list[T]:
    return [
        strict(kind, block, where=f"{path.name} {block.get('id', '?')}")
        for block in read_toml(path).get(key, [])
    ]


def _unique(items: list[Any], what: str) -> dict[str, Any]:
    by_id = {item.id: item for item in items}
    if len(by_id) != len(items):
        raise CatalogueError(f"目录中{what}的编号有重复。")
    return by_id


def _check(indicators: dict[str, Indicator], counters: dict[str, Counter]) -> None:
    for indicator in indicators.values():
        for counter in filter(None, (indicator.numerator, indicator.denominator)):
            if counter not in counters:
                raise CatalogueError(f"指标{indicator.id}用到未声明的计数{counter}。")
            if counters[counter].kind != indicator.kind:
                raise CatalogueError(f"指标{indicator.id}与计数{counter}的时间性质不同。")
        if len(indicator.classes) != 4 or list(indicator.classes) != sorted(indicator.classes):
            raise CatalogueError(f"指标{indicator.id}的分级界限应为四个递增的数。")
        if (indicator.form == "count") != (indicator.denominator is None):
            raise CatalogueError(f"指标{indicator.id}：计数型没有分母，其余必须有分母。")
        if indicator.is_share and indicator.per != 1.0:
            raise CatalogueError(f"指标{indicator.id}是占比，不能再写per。")
        whole = indicator.due_with
        if whole is not None and whole not in indicators:
            raise CatalogueError(f"指标{indicator.id}的due_with是未声明的指标{whole}。")
        _check_history(indicator)


def _check_history(indicator: Indicator) -> None:
    """Hold the changes of a definition to days with a sentence each, oldest first."""
    days = [entry[0] for entry in indicator.history]
    is_told = all(text for _, text in indicator.history)
    if not is_told or days != sorted(days):
        raise CatalogueError(f"指标{indicator.id}的history应为[日期, 说明]，由早到晚排列。")


def _check_settings(settings: Settings, *, where: str) -> None:
    """Hold the operator's values to what they can mean.

    Raises:
        CatalogueError: a value is out of its range, or a key within a table is unknown.
    """
    grades = list(settings.quality_grades.values())
    sources = {path.stem for path in (HERE / "sources").glob("*.toml")}
    right = {
        "small_number_threshold应不小于1": settings.small_number_threshold >= 1,
        "claims_delay_months应不小于0": settings.claims_delay_months >= 0,
        "week_ends_on应为1（周一）至7（周日）": 1 <= settings.week_ends_on <= 7,
        "weekly_history_weeks应不小于1": settings.weekly_history_weeks >= 1,
        "confidence应在0.9与1之间": 0.9 <= settings.confidence < 1,
        "quality_grades应为A、B、C三个由小到大的占比": list(settings.quality_grades)
        == ["A", "B", "C"]
        and sorted({0.0, *grades, 1.0}) == [0.0, *grades, 1.0],
        f"stale_after_days只能写{'、'.join(sorted(sources))}，天数不小于1": (
            set(settings.stale_after_days) <= sources
            and all(days >= 1 for days in settings.stale_after_days.values())
        ),
        "snapshots_kept应不小于1": settings.snapshots_kept >= 1,
        "snapshots_kept_days应不小于0": settings.snapshots_kept_days >= 0,
        f"largest_jumps应写{'、'.join(JUMPS)}，不小于0": (
            set(settings.largest_jumps) == set(JUMPS)
            and all(limit >= 0 for limit in settings.largest_jumps.values())
        ),
    }
    if wrong := [rule for rule, holds in right.items() if not holds]:
        raise CatalogueError(f"目录文件{where}有误：{'；'.join(wrong)}。")


def load_catalogue(folder: Path = HERE) -> Catalogue:
    """Load and check the counters, indicators and settings of a folder."""
    counters = _unique(_blocks(folder / "counters.toml", "counter", Counter), "计数")
    files = sorted((folder / "indicators").glob("*.toml"))
    indicators = _unique([i for f in files for i in _blocks(f, "indicator", Indicator)], "指标")
    _check(indicators, counters)
    settings = strict(Settings, read_toml(folder / SETTINGS), where=SETTINGS)
    _check_settings(settings, where=SETTINGS)
    return Catalogue(counters=counters, indicators=indicators, settings=settings)


@cache
def catalogue() -> Catalogue:
    """Return the committed catalogue, loaded once."""
    return load_catalogue()


def catalogue_hash() -> str:
    """Hash every declaration, so that a snapshot says which definitions it was made with."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*.toml")):
        digest.update(path.relative_to(HERE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
