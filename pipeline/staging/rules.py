"""Row rules and lookups that several sources share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.staging.references import References


@dataclass(frozen=True)
class Rule:
    """Refuse rows for which `broken` is true; a rule that knows nothing (null) passes."""

    reason: str
    column: str
    broken: pl.Expr
    detail: pl.Expr | None = None


def with_faults(rows: pl.LazyFrame, *rules: Rule) -> pl.LazyFrame:
    """Give each row that has no reason yet the first rule it breaks."""
    first = pl.coalesce(
        pl.when(rule.broken).then(pl.lit(at, dtype=pl.Int8)) for at, rule in enumerate(rules)
    )
    reasons = pl.lit(pl.Series([rule.reason for rule in rules], dtype=pl.String))
    columns = pl.lit(pl.Series([rule.column for rule in rules], dtype=pl.String))
    return (
        rows.with_columns(_rule=pl.when(pl.col("_reason").is_null()).then(first))
        .with_columns(
            _reason=pl.coalesce("_reason", reasons.gather("_rule")),
            _column=pl.coalesce("_column", columns.gather("_rule")),
            _detail=pl.coalesce("_detail", _details(rules)),
        )
        .drop("_rule")
    )


def _details(rules: Sequence[Rule]) -> pl.Expr:
    """Return the detail of the rule that a row broke, worked out only for rows that broke one."""
    detail = pl.lit(None, dtype=pl.String)
    needed = {"_rule"}
    for at, rule in enumerate(rules):
        if rule.detail is not None:
            told = rule.detail.cast(pl.String)
            detail = pl.when(pl.col("_rule") == at).then(told).otherwise(detail)
            needed.update(rule.detail.meta.root_names())

    def of_broken(rows: pl.Series) -> pl.Series:
        frame = rows.struct.unnest()
        broken = frame["_rule"].is_not_null()
        found = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        if broken.any():
            told = frame.filter(broken).select(detail=detail)["detail"]
            found = found.scatter(broken.arg_true(), told)
        return found

    return pl.struct(sorted(needed)).map_batches(
        of_broken, return_dtype=pl.String(), is_elementwise=True
    )


def with_county(
    rows: pl.LazyFrame, references: References, *, code: str, on: str, name: str
) -> pl.LazyFrame:
    """Add the county of today (`name`) of an area code, its level, and a warning when it is stale.

    A code that was in force on the row's day is right; after it, its successor is meant, with
    REGION_STALE. Whether the code was not yet in force, or no code of today has followed it, is
    `{name}_is_early` and `{name}_is_gone`, for `period_rule` and `county_rules` to judge.
    """
    areas = references.areas.lazy().select(
        pl.col("area_code").alias(code),
        pl.col("current_code").alias(name),
        pl.col("area_level").alias(f"{name}_level"),
        pl.col("valid_from").alias("_valid_from"),
        pl.col("valid_until").alias("_valid_until"),
        pl.col("gone_after").alias("_gone_after"),
    )
    stale = pl.col(on) > pl.col("_valid_until")
    gone = pl.col(on) > pl.col("_gone_after")
    early = pl.col(on) < pl.col("_valid_from")
    return (
        rows.join(areas, on=code, how="left", validate="m:1", maintain_order="left")
        .with_columns(
            early.alias(f"{name}_is_early"),
            gone.alias(f"{name}_is_gone"),
            _warning=pl.when(stale & gone.fill_null(value=False).not_())
            .then(pl.lit("REGION_STALE"))
            .otherwise("_warning"),
        )
        .drop("_valid_from", "_valid_until", "_gone_after")
    )


def county_rules(name: str, column: str) -> tuple[Rule, ...]:
    """Refuse an unknown area code, one that is not of a county, and one without a code of today.

    Nine digits are a township and twelve a village, be they listed or not.
    """
    level, code = pl.col(f"{name}_level"), pl.col(column)
    is_below = code.str.contains(r"^\d{9}(\d{3})?$")
    return (
        Rule("REGION_LEVEL", column, (level != "county") | (level.is_null() & is_below), code),
        Rule("UNKNOWN_CODE", column, code.is_not_null() & level.is_null(), code),
        gone_rule(name, column),
    )


def gone_rule(name: str, column: str) -> Rule:
    """Refuse a code after its time that nothing has followed: there is no such area any more."""
    return Rule("REGION_PERIOD", column, pl.col(f"{name}_is_gone"), pl.col(column))


def county_name_rule() -> Rule:
    """Refuse a row whose county code and county name mean two counties; former names are right."""
    name, code = pl.col("county_name"), pl.col("county_code")
    has_both = (pl.col("_by_code_level") == "county") & pl.col("_by_name").is_not_null()
    shown = pl.format("{}（代码为{}）", name, code)
    return Rule(
        "CODE_NAME_CONFLICT",
        "county_name",
        has_both & (pl.col("_by_code") != pl.col("_by_name")),
        shown,
    )


def unspaced(name: pl.Expr) -> pl.Expr:
    """Write a name in one width and without blanks: 甲 医院（东区） is 甲医院(东区)."""
    return name.str.normalize("NFKC").str.replace_all(r"\s", "")


def with_named_areas(rows: pl.LazyFrame, references: References, *, name: str) -> pl.LazyFrame:
    """Add `_named`, the codes of today that a name may mean; null for a name nobody knows."""
    known = references.names.lazy().select(_said="area_name", _named="codes")
    return (
        rows.with_columns(_said=unspaced(pl.col(name)))
        .join(known, on="_said", how="left", validate="m:1", maintain_order="left")
        .drop("_said")
    )


def named_area_rule(current: str, *, name: str, shown: str) -> Rule:
    """Refuse a row whose name means other areas than its code (`current`); unknown names pass.

    `shown` is the column that the row writes its code in. Former names are right.
    """
    is_other = pl.col("_named").list.contains(pl.col(current)).not_()
    told = pl.format("{}（代码为{}）", pl.col(name), pl.col(shown))
    return Rule("CODE_NAME_CONFLICT", name, is_other & pl.col(current).is_not_null(), told)


def stage_yearly(rows: pl.LazyFrame, references: References, *rules: Rule) -> pl.LazyFrame:
    """Find the county of today of a table by county and year, and apply what holds for all.

    `rules` are those of the one table; the year's and the county's come before them.
    """
    rows = rows.with_columns(_day=pl.date(pl.col("year").cast(pl.Int32), 12, 31))
    rows = with_county(rows, references, code="area_code", on="_day", name="_current")
    rows = with_named_areas(rows, references, name="area_name")
    rows = with_faults(
        rows,
        Rule("FUTURE_DATE", "year", pl.col("year") > references.as_of.year, pl.col("year")),
        *county_rules("_current", "area_code"),
        named_area_rule("_current", name="area_name", shown="area_code"),
        *rules,
    )
    return rows.with_columns(
        _county=pl.when(pl.col("_current_level") == "county").then("_current"),
        _month=pl.date(pl.col("year").cast(pl.Int32), 1, 1),
    )


def period_rule(name: str, column: str) -> Rule:
    """Refuse a code before it came into force: it cannot have been written then."""
    return Rule("REGION_PERIOD", column, pl.col(f"{name}_is_early"), pl.col(column))


def with_county_by_name(
    rows: pl.LazyFrame, references: References, *, county: str, name: str
) -> pl.LazyFrame:
    """Add the county a name means: the only one so called, else the one in the file's city.

    The file's city is that of most of its counties with a name of their own, else the one its name
    says: 鼓楼区 among 开封's counties is 开封's.
    """
    known = references.counties.lazy()
    alone = (
        known.group_by("county_name")
        .agg(pl.col("county_code").n_unique().alias("owners"), _alone=pl.col("county_code").first())
        .filter(pl.col("owners") == 1)
        .select("_alone", _said="county_name")
    )
    rows = rows.with_columns(_said=unspaced(pl.col(county)))
    rows = rows.join(alone, on="_said", how="left", validate="m:1", maintain_order="left")
    cities = known.group_by("county_code").agg(_own_city=pl.col("city_code").first())
    of_file = (
        rows.join(cities, left_on="_alone", right_on="county_code", how="inner", validate="m:1")
        .group_by("_file")
        .agg(_main_city=pl.col("_own_city").mode().sort().first())
    )
    within = known.select(
        pl.col("city_code").alias("_main_city"),
        pl.col("county_name").alias("_said"),
        pl.col("county_code").alias("_within"),
    )
    return (
        rows.join(of_file, on="_file", how="left", validate="m:1", maintain_order="left")
        .with_columns(pl.coalesce("_main_city", "_city").alias("_main_city"))
        .join(
            within,
            on=["_main_city", "_said"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(pl.coalesce("_within", "_alone").alias(name))
        .drop("_within", "_alone", "_main_city", "_said")
    )


def with_township(
    rows: pl.LazyFrame, references: References, *, county: str, name: str, code: str
) -> pl.LazyFrame:
    """Add the code of a township by its name in its county; null where none matches."""
    townships = references.townships.lazy().select(
        pl.col("county_code").alias(county),
        pl.col("township_name").alias("_said"),
        pl.col("township_code").alias(code),
    )
    return (
        rows.with_columns(_said=unspaced(pl.col(name)))
        .join(townships, on=[county, "_said"], how="left", validate="m:1", maintain_order="left")
        .drop("_said")
    )


def future(column: str, references: References) -> Rule:
    """Refuse a day after the as-of date.

    The day that places a row in time comes before all other rules: of a row that is later than the
    day asked for nothing else can be said, for neither is the register it is held to of that day.
    """
    day = pl.col(column)
    return Rule("FUTURE_DATE", column, day > references.as_of, day)


def not_before(later: str, earlier: str) -> Rule:
    """Refuse a row of which something ended, or was approved, before it began.

    The first of a month or year may stand for any of its days, if no more was known (`coarsest`).
    """
    day, start = pl.col(later), pl.col(earlier)
    shown = pl.format("{}（早于{}）", day, start)
    is_coarse = (day == start.dt.truncate("1mo")) | (day == start.dt.truncate("1y"))
    return Rule("DATE_ORDER", later, (day < start) & is_coarse.not_(), shown)


def not_above(part: str, whole: str) -> Rule:
    """Refuse a row that counts more of a group than the group has."""
    shown = pl.format("{}（应不大于{}）", pl.col(part), pl.col(whole))
    return Rule("RANGE", part, pl.col(part) > pl.col(whole), shown)
