"""Counties of like income: the same third of those whose income of that year is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.county.peers import group_of, income_peers
from dashboard.places import Place, Places
from dashboard.view import View
from tests.builders.drawn import html
from tests.builders.places import place
from tests.builders.world import publish_altered

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
HERE = "410225"


def county(code: str, income: int | None, year: int | None = 2024) -> Place:
    known = {"rural_income": income, "income_year": year if income is not None else None}
    return place(code, parent="41", **known)


def peers(own: Place, *others: Place) -> list[str]:
    return [p.code for p in income_peers(own, (own, *others))]


NINE = [county(f"4{n}", 1000 + n) for n in range(1, 10)]


@pytest.mark.parametrize(("at", "third"), [(0, "123"), (2, "123"), (3, "456"), (8, "789")])
def test_nine_counties_make_three_thirds(at: int, third: str) -> None:
    others = [p for p in NINE if p != NINE[at]]
    assert sorted(peers(NINE[at], *others)) == [f"4{n}" for n in third]


def test_equal_incomes_are_alike() -> None:
    same = [county(f"5{n}", 2000) for n in range(4)]
    assert sorted(peers(same[0], *same[1:])) == ["50", "51", "52", "53"]


def test_only_incomes_of_the_same_year_are_compared() -> None:
    later = [county(f"6{n}", 1001, year=2023) for n in range(5)]
    assert sorted(peers(NINE[0], *NINE[1:], *later)) == ["41", "42", "43"]


def test_a_county_without_an_income_has_no_like() -> None:
    assert peers(county("70", None), *NINE) == []
    assert "70" not in peers(NINE[0], *NINE[1:], county("70", None))


def group(own: Place, *others: Place) -> tuple[str, list[str]]:
    places = Places([own, *others])
    view = cast(View, SimpleNamespace(places=places, counties=(own,)))
    found = group_of(view, own, "income")
    return found.kind, [p.code for p in found.places]


def test_the_link_asks_for_it_and_falls_back_to_the_city() -> None:
    assert group(NINE[0], *NINE[1:]) == ("income", ["41", "42", "43"])
    assert group(county("70", None), *NINE) == ("city", ["70"])
    assert group(NINE[0]) == ("city", ["41"])


@pytest.fixture(scope="module")
def income_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the small world with an income for each county but one."""

    def told(frame: pl.DataFrame) -> pl.DataFrame:
        known = (pl.col("area_level") == "county") & (pl.col("area_code") != "410221")
        fen = pl.col("area_code").str.extract(r"(\d+)").cast(pl.Int64) * 10
        changed = frame.with_columns(
            rural_income_fen=pl.when(known).then(fen),
            income_year=pl.when(known).then(pl.lit(2024)),
        )
        return changed.cast(dict(frame.schema))

    marts = tmp_path_factory.mktemp("incomes") / "marts"
    return publish_altered(marts, lambda name, f: told(f) if name == "areas" else f)


def kinds(app: AppTest) -> list[str]:
    (control,) = (c for c in app.button_group if c.key == "pick-peers")
    return list(control.options)


def test_the_page_compares_by_income_and_says_how(run_topic: Run, income_world: Path) -> None:
    app = run_topic("county", area=HERE, peers="income", marts=income_world)
    assert FAULT not in html(app)
    assert "按2024年农村居民人均可支配收入，将有数据的县区三等分" in html(app)
    assert app.query_params["peers"] in ("income", ["income"])
    assert "收入相近" in kinds(app)


def test_the_choice_is_absent_where_the_income_is_not_known(
    run_topic: Run, income_world: Path, small_world: Path
) -> None:
    for area, marts in (("410221", income_world), (HERE, small_world)):
        app = run_topic("county", area=area, peers="income", marts=marts)
        assert FAULT not in html(app)
        assert "收入相近" not in kinds(app)
        assert "同市" in html(app)
