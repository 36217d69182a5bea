"""Write the data dictionary from the contracts and the catalogue; nothing in it is typed twice.

`python -m pipeline describe --all --markdown > docs/data-dictionary.md` writes the committed file.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import dataframely as dy

from pipeline.catalog import LEVELS, Catalogue, Counter, Indicator
from pipeline.catalog.glossary import Term, glossary
from pipeline.catalog.sources import Source, sources
from pipeline.contracts.marts import MARTS
from pipeline.documents.fields import fields

HEAD = """# Data dictionary

Written from the contracts of the marts (`pipeline/contracts`) and the catalogue
(`pipeline/catalog`) by `python -m pipeline describe --all --markdown > docs/data-dictionary.md`.
Do not edit it by hand: a test compares it with them.

Rates are fractions from 0 to 1, money is whole fen, dates are days. A value that is null has a
status beside it."""

POLICY = {
    "verified": "verified against the text",
    "second_hand": "second hand, text not seen",
    "local": "local definition",
    "from_memory": "from memory, unverified: never called official",
}
FORMS = {
    "proportion": "proportion, Wilson interval",
    "money_share": "share of money, no interval",
    "ratio": "ratio of two quantities, no interval",
    "count": "count",
}
POLARITY = {
    "higher_is_better": "higher is better",
    "lower_is_better": "lower is better",
    "none": "neither way is better",
}


def markdown(catalogue: Catalogue, *, marts: Mapping[str, type[dy.Schema]] = MARTS) -> str:
    """Return the whole dictionary: marts, indicators, counters, raw columns, glossary."""
    parts = [HEAD, "## Marts", *(_mart(name, mart) for name, mart in marts.items())]
    parts += ["## Indicators", *(_indicator(i, catalogue) for i in catalogue.indicators.values())]
    parts += ["## Counters", _counters(catalogue)]
    parts += ["## Raw columns", _RAW, *(_source(source) for source in sources().values())]
    parts += ["## Glossary", _glossary(glossary())]
    return "\n\n".join(parts) + "\n"


def as_object(catalogue: Catalogue) -> dict[str, Any]:
    """Return the same for programs: lists of marts, indicators and counters."""
    return {
        "marts": [
            {"id": name, "grain": grain(mart), "columns": columns(mart)}
            for name, mart in MARTS.items()
        ],
        "indicators": [asdict(indicator) for indicator in catalogue.indicators.values()],
        "counters": [asdict(counter) for counter in catalogue.counters.values()],
    }


def grain(mart: type[dy.Schema]) -> str:
    """Return the first line of a contract's docstring: what one row is."""
    return (inspect.getdoc(mart) or "").split("\n", maxsplit=1)[0]


def columns(mart: type[dy.Schema]) -> list[dict[str, Any]]:
    """Return name, type, nullability and meaning of each column of a mart, in order."""
    return [
        {
            "name": name,
            "type": _type(column),
            "key": column.primary_key,
            "nullable": column.nullable,
            "values": _values(column),
            "meaning": column.description or "",
        }
        for name, column in mart.columns().items()
    ]


def levels(indicator: Indicator) -> Sequence[str]:
    """Return the area levels at which an indicator exists, the widest first."""
    return [level for level in LEVELS if indicator.reaches(level)]


def formula(indicator: Indicator) -> str:
    """Write an indicator in counters."""
    parts = (indicator.numerator, indicator.denominator)
    told = " / ".join(f"`{part}`" for part in parts if part)
    return told if indicator.per == 1.0 else f"{told} × {indicator.per:g}"


def _type(column: dy.Column) -> str:
    return str(column.dtype).split("(", maxsplit=1)[0]


def _values(column: dy.Column) -> list[str]:
    return list(column.categories) if isinstance(column, dy.Enum) else []


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    """Keep a text within its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def _mart(name: str, mart: type[dy.Schema]) -> str:
    rows = [
        (
            f"`{column['name']}`",
            column["type"] + (", key" if column["key"] else ""),
            "yes" if column["nullable"] else "no",
            column["meaning"],
            ", ".join(f"`{value}`" for value in column["values"]),
        )
        for column in columns(mart)
    ]
    table = _table(("column", "type", "null", "meaning", "values"), rows)
    return f"### `{name}`\n\n{grain(mart)}\n\n{table}"


def _indicator(indicator: Indicator, catalogue: Catalogue) -> str:
    names = [
        catalogue.counters[part].name_zh
        for part in (indicator.numerator, indicator.denominator)
        if part
    ]
    target = "none" if indicator.target is None else _amount(indicator.target, indicator, unit="%")
    told_from = _amount(indicator.material_difference, indicator, unit=" points")
    facts = {
        "formula": f"{formula(indicator)} = {' ÷ '.join(names)}",
        "form": f"{FORMS.get(indicator.form, indicator.form)}; {indicator.kind}; shown in "
        f"{indicator.unit_zh}, decimals: {indicator.decimals}",
        "levels": ", ".join(levels(indicator)),
        "direction": f"{POLARITY[indicator.polarity]}; target: {target}; differences are told "
        f"from {told_from}",
        "definition": indicator.definition_zh,
        "caveats": indicator.caveats_zh,
        "policy": f"{indicator.policy_zh} ({POLICY[indicator.policy_status]})",
        "responsible": f"{indicator.responsible_zh}; reviewed {indicator.reviewed_on}",
    }
    lines = "\n".join(f"- {name}: {' '.join(text.split())}" for name, text in facts.items())
    return f"### {indicator.name_zh} · {indicator.name_en} (`{indicator.id}`)\n\n{lines}"


def _amount(value: float, indicator: Indicator, *, unit: str) -> str:
    """Write a value as the page does: a rate in percent, a count or ratio as it is."""
    return f"{value * 100:g}{unit}" if indicator.is_share else f"{value:g}"


def _counters(catalogue: Catalogue) -> str:
    used = _used(catalogue.indicators.values())
    rows = [_counter(counter, used.get(counter.id, [])) for counter in catalogue.counters.values()]
    titles = ("counter", "name", "source", "kind", "unit", "small numbers", "used by")
    told = (
        "A flow sums over days, a stock takes its last value; both sum over areas. Counts of "
        "patients are hidden where they are small."
    )
    return f"{told}\n\n{_table(titles, rows)}"


def _counter(counter: Counter, used_by: Sequence[str]) -> tuple[str, ...]:
    return (
        *(f"`{counter.id}`", counter.name_zh, counter.source, counter.kind, counter.unit),
        "hidden" if counter.patient_derived else "shown",
        ", ".join(f"`{id_}`" for id_ in used_by),
    )


def _used(indicators: Iterable[Indicator]) -> dict[str, list[str]]:
    used: dict[str, list[str]] = {}
    for indicator in indicators:
        for part in filter(None, (indicator.numerator, indicator.denominator)):
            used.setdefault(part, []).append(indicator.id)
    return used


_RAW = (
    "What files may bring, in the words of the templates (`python -m pipeline template SOURCE`); "
    "the shapes of the files are in [sources.md](sources.md)."
)
_RAW_TITLES = ("表头", "可接受的其他写法", "必填", "类型", "单位", "取值", "说明", "个人信息")


def _source(source: Source) -> str:
    rows = [field.cells for field in fields(source)]
    return f"### {source.name_zh} (`{source.id}`)\n\n{_table(_RAW_TITLES, rows)}"


def _glossary(terms: Iterable[Term]) -> str:
    rows = [
        (term.zh, term.en, f"`{term.identifier}`", term.meaning_zh, term.note) for term in terms
    ]
    return _table(("term", "English", "in code", "meaning", "note"), rows)


def lines(catalogue: Catalogue) -> Iterator[str]:
    """Tell the indicators one a line."""
    for indicator in catalogue.indicators.values():
        yield f"{indicator.id}　{indicator.name_zh}（{indicator.unit_zh}）"
