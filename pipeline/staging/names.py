"""Names of institutions: whether a row's code and name mean the same one, and which a name means.

A name without a code is looked up as it is written, or as somebody confirmed it, width and blanks
apart; never by likeness. What is alike is only named to whoever has to confirm it.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from pipeline.staging.references import References
from pipeline.staging.rules import Rule, future, unspaced, with_faults

_ASIDE = r"\([^)]*\)"
_NO_REGISTER = pl.format("{}（没有可用的机构名录）", "institution_code")
_NOISE = r"[\s\p{P}\p{S}]"


def with_institution(
    rows: pl.LazyFrame, references: References, *, code: str, name: str
) -> pl.LazyFrame:
    """Add county, township and level of an institution; null where the register has none.

    `_registered` is the register's name for the code, `_is_other` whether the row's is another one:
    null where the code is not registered or the row gives no name.
    """
    told_of = {"institution_code": code, "institution_name": "_registered"}
    register = references.institutions.lazy().rename(told_of)
    told = pl.struct(institution_code=code, alias_name=name, registered="_registered")
    differ = partial(_differ, confirmed=references.aliases)
    return rows.join(
        register, on=code, how="left", validate="m:1", maintain_order="left"
    ).with_columns(_is_other=told.map_batches(differ, return_dtype=pl.Boolean()))


def name_rule(column: str) -> Rule:
    """Refuse a row whose code belongs to an institution of another name."""
    shown = pl.format("{}（名录中为{}）", pl.col(column), pl.col("_registered"))
    return Rule("CODE_NAME_CONFLICT", column, pl.col("_is_other"), shown)


def folded(name: pl.Expr) -> pl.Expr:
    """Fold what is written one way or another: width, blanks, brackets, 中心, 镇 or 乡."""
    return (
        name.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(_ASIDE, "")
        .str.replace_all(_NOISE, "")
        .str.replace("中心卫生院$", "卫生院")
        .str.replace("(镇|乡|街道)卫生院$", "卫生院")
    )


def _differ(told: pl.Series, *, confirmed: pl.DataFrame) -> pl.Series:
    """Compare each name of a code with the registered one, once; null where one is not given.

    Names agree if one, folded, is part of the other, or if somebody confirmed it.
    """
    frame = told.struct.unnest()
    written, registered = pl.col("alias_name"), pl.col("registered")
    given = written.is_not_null() & registered.is_not_null()
    doubtful = frame.filter(given & (written != registered)).unique()
    agree = folded(written).str.contains(folded(registered), literal=True) | folded(
        registered
    ).str.contains(folded(written), literal=True)
    key = ["institution_code", "alias_name"]
    other = doubtful.filter(agree.not_()).join(confirmed, on=key, how="anti")
    if other.is_empty():
        return frame.select(pl.when(given).then(pl.lit(value=False))).to_series()
    judged = frame.join(
        other.select(*key, differ=pl.lit(value=True)), on=key, how="left", maintain_order="left"
    )
    return judged.select(pl.when(given).then(pl.col("differ").fill_null(value=False))).to_series()


def with_code_by_name(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Give rows without a code that of the institution they name, if there is only one.

    Several of one name: the one in the county in which most institutions of the file lie. `_alike`
    are the registered names that a name which was not found resembles.
    """
    has_code = pl.col("institution_code").is_not_null()
    listed = references.institutions.lazy().select(
        "institution_code", "institution_name", "institution_county"
    )
    names = _known_names(references, listed)
    alone = _only(names, ["_name"], "_alone")
    here = _only(names, ["_name", "institution_county"], "_here")
    homes = listed.select(_known="institution_code", _home="institution_county")
    rows = (
        rows.with_columns(_name=unspaced(pl.col("institution_name")))
        .join(alone, on="_name", how="left", validate="m:1", maintain_order="left")
        .with_columns(_known=pl.coalesce("institution_code", "_alone"))
        .join(homes, on="_known", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            institution_county=pl.col("_home").drop_nulls().mode().sort().first().over("_file")
        )
        .join(
            here,
            on=["_name", "institution_county"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(_folded=pl.when(has_code.not_()).then(folded(pl.col("institution_name"))))
        .join(_alike(listed), on="_folded", how="left", validate="m:1", maintain_order="left")
    )
    return rows.with_columns(
        institution_code=pl.coalesce("institution_code", "_alone", "_here")
    ).drop("_name", "_alone", "_here", "_known", "_home", "_folded", "institution_county")


def _known_names(references: References, listed: pl.LazyFrame) -> pl.LazyFrame:
    """Return registered and confirmed names (`_name`) with the institutions that have them."""
    confirmed = references.aliases.lazy().select("institution_code", institution_name="alias_name")
    confirmed = confirmed.join(listed.drop("institution_name"), on="institution_code")
    names = pl.concat([listed, confirmed], how="diagonal").drop_nulls("institution_name")
    return names.with_columns(_name=unspaced(pl.col("institution_name")))


def _alike(listed: pl.LazyFrame) -> pl.LazyFrame:
    """Return the registered names that are folded to one text: `_folded`, `_alike`."""
    return (
        listed.select(_folded=folded(pl.col("institution_name")), _name="institution_name")
        .unique()
        .sort("_name")
        .group_by("_folded")
        .agg(_alike=pl.col("_name").str.join("、"))
    )


def _only(names: pl.LazyFrame, key: list[str], found: str) -> pl.LazyFrame:
    """Return the code of each key that has only one."""
    codes = pl.col("institution_code")
    return (
        names.group_by(key)
        .agg(owners=codes.n_unique(), code=codes.first())
        .filter(pl.col("owners") == 1)
        .select(*key, pl.col("code").alias(found))
    )


def listing_rules(*, has_register: bool) -> tuple[Rule, ...]:
    """Refuse a row of an institution that is not in the register, or is called otherwise there."""
    code, name = pl.col("institution_code"), pl.col("institution_name")
    known = pl.format("{}（它在{}被拒收）", code, "_refused_at")
    unlisted = pl.coalesce(known, code if has_register else _NO_REGISTER)
    hint = pl.concat_str(name, pl.format("（名录中相近的名称：{}）", "_alike"), ignore_nulls=True)
    return (
        Rule("MISSING_VALUE", "institution_code", code.is_null() & name.is_null()),
        Rule("UNKNOWN_CODE", "institution_name", code.is_null(), hint),
        Rule("UNKNOWN_CODE", "institution_code", pl.col("institution_county").is_null(), unlisted),
        name_rule("institution_name"),
    )


def stage_listed(rows: pl.LazyFrame, references: References, *rules: Rule) -> pl.LazyFrame:
    """Place each row of an extract where its institution lies; it must be in the register.

    `rules` are those of the one source, behind those of date and institution.
    """
    rows = with_code_by_name(rows, references)
    rows = with_institution(rows, references, code="institution_code", name="institution_name")
    rows = rows.join(
        references.refused.lazy(),
        on="institution_code",
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    day = future("extract_date", references)
    rows = with_faults(rows, day, *listing_rules(has_register=references.has_register), *rules)
    county = pl.col("institution_county")
    return rows.with_columns(_county=county, _month=pl.col("extract_date").dt.truncate("1mo"))
