"""One row per settlement: where the person is insured, where care took place, what it cost."""

from __future__ import annotations

import polars as pl

from pipeline.contracts.staging import CARE_TYPES, DESTINATION_TIERS, INSURANCE_TYPES
from pipeline.staging.amounts import MONEY, amount_rules, is_negative, yuan
from pipeline.staging.names import name_rule, with_institution
from pipeline.staging.references import References
from pipeline.staging.rules import (
    Rule,
    county_rules,
    future,
    period_rule,
    with_county,
    with_faults,
    with_township,
)

CONTENT = (
    *("settlement_id", "person", "insured_area", "insurance_type", "institution_code"),
    *("hospital_level", "place_of_care", "care_area", "care_type", "started_on", "ended_on"),
    *("settled_on", *MONEY, "disease_code", "is_reversal", "original_id", "is_resettled"),
)
KEY = ("settlement_id",)
# What is needed of a row once it was checked by itself.
CHECKED = (
    *("_pos", "_file", "_sheet", "_row", "_batch", "_county", "_month", "_warning"),
    *("_reason", "_column", "_detail", "_place", "_tier", "_tells_resettled", "settlement_id"),
    *("original_id", "person", "insured_county", "insured_township", "institution_code"),
    *("institution_county", "institution_level", "hospital_level", "care_type", "insurance_type"),
    *("service_date", "settled_on", "is_reversal", "sign", *MONEY, "disease_code", "age"),
    "is_resettled",
)
OLDEST = 120
MAIN_MONTH_REPLACES = True
TOLD_BY_MONTH = True


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Check each settlement by itself and against the references.

    The place of care is the place-of-care category, else the place-of-care code, else the
    institution's county. 本地 is the insured county.
    """
    rows = with_county(
        rows, references, code="insured_area", on="settled_on", name="insured_county"
    )
    rows = with_institution(rows, references, code="institution_code", name="institution_name")
    rows = _with_care_area(rows, references)
    rows = rows.with_columns(_tier=_tier())
    has_original = pl.col("original_id").is_not_null()
    flagged = pl.col("is_reversal").fill_null(value=False)
    rows = rows.with_columns(
        _is_reversal=(
            (is_negative() & (flagged | has_original))
            | ((pl.col("total") == 0) & flagged & has_original)
        ).fill_null(value=False)
    )
    rows = with_faults(rows, *_rules(references))
    rows = with_township(
        rows, references, county="insured_county", name="township_name", code="insured_township"
    )
    return rows.with_columns(
        _county=pl.when(pl.col("insured_county_level") == "county").then("insured_county"),
        _month=pl.col("settled_on").dt.truncate("1mo"),
        service_date=pl.coalesce("ended_on", "settled_on"),
        sign=pl.when("_is_reversal").then(pl.lit(-1)).otherwise(pl.lit(1)).cast(pl.Int8),
    )


def _with_care_area(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Bring the place-of-care code to the code of today; an office code gives city or province."""
    known = references.areas.select("area_code", "current_code")

    def places(codes: pl.Series) -> pl.Series:
        code = pl.col("care_area")
        found = codes.unique().to_frame("care_area")
        for name, as_code in (
            ("_as_is", code),
            ("_as_city", code.str.head(4) + "00"),
            ("_as_province", code.str.head(2) + "0000"),
        ):
            found = found.with_columns(_code=as_code).join(
                known.rename({"area_code": "_code", "current_code": name}),
                on="_code",
                how="left",
                validate="m:1",
            )
        place = found.select("care_area", pl.coalesce("_as_is", "_as_city", "_as_province"))
        wanted = codes.to_frame("care_area")
        return wanted.join(
            place, on="care_area", how="left", validate="m:1", maintain_order="left"
        )["_as_is"]

    return rows.with_columns(
        _place=pl.col("care_area").map_batches(places, return_dtype=pl.String())
    )


def _tier_between(insured: pl.Expr, place: pl.Expr) -> pl.Expr:
    return (
        pl.when(place == insured)
        .then(pl.lit("same_county"))
        .when(place.str.head(4) == insured.str.head(4))
        .then(pl.lit("same_city"))
        .when(place.str.head(2) == insured.str.head(2))
        .then(pl.lit("same_province"))
        .when(place.is_not_null())
        .then(pl.lit("other_province"))
    )


def _tier() -> pl.Expr:
    insured, place = pl.col("insured_county"), pl.col("_place")
    by_register = _tier_between(insured, pl.col("institution_county"))
    # The code of the whole own city does not say whether care was in the own county.
    is_own_city = (place.str.tail(2) == "00") & (place.str.head(4) == insured.str.head(4))
    by_code = _tier_between(insured, place)
    return pl.coalesce(
        "place_of_care", pl.when(is_own_city).then(pl.coalesce(by_register, by_code)), by_code
    ).fill_null(by_register)


def _elsewhere() -> Rule:
    """Refuse a place of care in another province beside a category that says this one.

    The other way round the category is right: a bill paid by hand names the paying office's area.
    """
    is_far = pl.col("_place").str.head(2) != pl.col("insured_county").str.head(2)
    says_here = pl.col("place_of_care") != "other_province"
    shown = pl.format("{}（与医药机构地点类别不符）", "care_area")
    return Rule("CODE_NAME_CONFLICT", "care_area", is_far & says_here, shown)


def _rules(references: References) -> list[Rule]:
    age, institution, place = pl.col("age"), pl.col("institution_code"), pl.col("care_area")
    years = age.cast(pl.String).str.strip_suffix(".0")
    started, ended, settled = pl.col("started_on"), pl.col("ended_on"), pl.col("settled_on")
    # Without any register nothing can be looked up: then only an unknown place refuses.
    is_local = (pl.col("_tier") == "same_county") & pl.lit(references.has_register)
    needs_listing = is_local | pl.col("_tier").is_null()
    is_listed = pl.col("institution_county").is_not_null()
    nowhere = pl.when(pl.col("_place").is_null()).then(place).str.contains(r"^\d+$")
    return [
        future("settled_on", references),
        *county_rules("insured_county", "insured_area"),
        period_rule("insured_county", "insured_area"),
        Rule("UNKNOWN_CODE", "care_area", nowhere, place),
        _elsewhere(),
        Rule("UNKNOWN_CODE", "institution_code", needs_listing & is_listed.not_(), institution),
        name_rule("institution_name"),
        Rule("AGE_RANGE", "age", (age < 0) | (age > OLDEST), years),
        future("ended_on", references),
        future("started_on", references),
        Rule("DATE_ORDER", "started_on", started > ended, started),
        Rule("DATE_ORDER", "started_on", started > settled, started),
        Rule("DATE_ORDER", "ended_on", ended > settled, ended),
        *amount_rules(reversal=pl.col("_is_reversal")),
    ]


def original_dates(reversals: pl.LazyFrame, originals: pl.LazyFrame) -> pl.LazyFrame:
    """Return what each reversal takes back: `_pos`, `original_date`, `is_rest`.

    An original is of the same county, settled no later, and paid at least as much. Persons are not
    compared: one file names them by document, another by the fund's own number. The reversals of
    one original take back part by part, by day and id, until nothing is left (`is_rest`). An
    original that is itself flagged as reversed, and was, has a row with its own day.
    """
    paid = originals.select(
        *("settlement_id", "insured_county"),
        _revoked=pl.when("is_reversal").then("_pos"),
        original_date="service_date",
        _paid_on="settled_on",
        _left=pl.col("total").abs(),
        _fund_left=pl.col("fund").abs(),
    )
    parts = reversals.join(
        paid,
        left_on=["original_id", "insured_county"],
        right_on=["settlement_id", "insured_county"],
        how="inner",
        validate="m:1",
    )
    return (
        parts.filter(pl.col("settled_on") >= pl.col("_paid_on"))
        .sort("original_id", "settled_on", "settlement_id")
        .select(
            *("_pos", "original_id", "original_date", "_revoked", "_left", "_fund_left"),
            _total=pl.col("total").abs(),
            _fund=pl.col("fund").abs(),
        )
        .map_batches(_taken_back, schema=_TAKEN_BACK)
    )


_TAKEN_BACK = pl.Schema({"_pos": pl.UInt64(), "original_date": pl.Date(), "is_rest": pl.Boolean()})


def _taken_back(parts: pl.DataFrame) -> pl.DataFrame:
    """Return the parts that fit, each original's in order; one that wants too much is passed over.

    Each round takes the parts before the first that does not fit, and drops those that what is
    left is too little for: that one, at least.
    """
    found = [pl.DataFrame(schema={**_TAKEN_BACK, "_revoked": pl.UInt64()})]
    while parts.height:
        taken, fund = (pl.col(m).cum_sum().over("original_id") for m in ("_total", "_fund"))
        parts = parts.with_columns(
            _fits=(taken <= pl.col("_left")) & (fund <= pl.col("_fund_left")),
            is_rest=taken == pl.col("_left"),
        ).with_columns(_was_rest=pl.col("is_rest").shift().over("original_id"))
        fits = pl.col("_fits") & pl.col("_was_rest").not_().fill_null(value=True)
        parts = parts.with_columns(_fits=fits)
        found.append(parts.filter("_fits").select(found[0].columns))
        parts = parts.with_columns(
            pl.col(left) - pl.col(money).filter("_fits").sum().over("original_id")
            for left, money in (("_left", "_total"), ("_fund_left", "_fund"))
        ).filter(
            pl.col("_fits").not_()
            & (pl.col("_left") > 0)
            & (pl.col("_total") <= pl.col("_left"))
            & (pl.col("_fund") <= pl.col("_fund_left"))
        )
    back = pl.concat(found)
    revoked = back.drop_nulls("_revoked").select("original_date", _pos="_revoked").unique()
    return pl.concat([back.drop("_revoked"), revoked], how="diagonal")


def with_reversals(rows: pl.LazyFrame, dates: pl.LazyFrame) -> pl.LazyFrame:
    """Put a reversal on the service date of its original; without one it is REFUND_ORPHAN.

    So is a row with the flag of a reversal that takes nothing back and that nothing takes back: the
    insurance system flags a reversed original, too. A reversal that leaves some of its original
    takes back money but no settlement: its sign is 0.
    """
    rows = rows.join(dates, on="_pos", how="left", validate="1:1", maintain_order="left")
    untold, is_back = pl.col("original_date").is_null(), pl.col("sign") == -1
    total = pl.format("是（总费用{}，没有原结算单号，也没有冲销它的一行）", yuan(pl.col("total")))
    rows = with_faults(
        rows,
        Rule("REFUND_ORPHAN", "original_id", untold & is_back, pl.col("original_id")),
        Rule("REFUND_ORPHAN", "is_reversal", untold & pl.col("is_reversal"), total),
    )
    is_part = pl.col("is_rest").not_().fill_null(value=False)
    return rows.with_columns(
        service_date=pl.coalesce("original_date", "service_date"),
        sign=pl.when(is_part).then(pl.lit(0, dtype=pl.Int8)).otherwise("sign"),
    )


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted settlements; 52 and 生育住院 are maternity, which counts as inpatient."""
    disease = pl.col("disease_code").str.to_uppercase().str.extract(r"^([A-Z]\d{2})")
    settlements = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        "settlement_id",
        pl.col("person").alias("person_key"),
        "insured_county",
        "insured_township",
        "institution_code",
        care_area=pl.coalesce(
            "_place",
            "institution_county",
            pl.when(pl.col("_tier") == "same_county").then("insured_county"),
        ),
        destination_tier=pl.col("_tier").cast(pl.Enum(DESTINATION_TIERS)),
        hospital_level=pl.coalesce("hospital_level", "institution_level"),
        care_type=pl.col("care_type").cast(pl.Enum(CARE_TYPES)),
        insurance_type=pl.col("insurance_type").fill_null("other").cast(pl.Enum(INSURANCE_TYPES)),
        service_date="service_date",
        settled_on="settled_on",
        sign="sign",
        total_fen="total",
        fund_fen="fund",
        disease_category=disease,
        age=pl.col("age").floor().cast(pl.Int16),
        # A blank cell says no; a file without the column says nothing.
        is_resettled=pl.when("_tells_resettled").then(
            (pl.col("is_resettled") == "yes").fill_null(value=False)
        ),
    )
    return {"settlements": settlements}
