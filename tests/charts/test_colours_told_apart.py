"""Whatever means something is told apart by every eye and in grey: by colour, or by a second sign.

Three deficiencies are simulated at full severity (Machado, Oliveira, Fernandes 2009), and a grey
print. Two looks pass when their colours differ by `LEAST` (CIEDE2000; about 2.3 is just
noticeable) for every one of these eyes, or when shape, line, filling or words differ as well.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from dashboard import theme
from dashboard.charts import device_grid, funnel, grid, process, ranked, status_stack
from dashboard.exports.look import FILLS
from tests.charts import colour_vision as vision

LEAST = 7.5
HOLLOW = theme.CARD


@dataclass(frozen=True)
class Look:
    """A colour and what else tells it: a shape, a dash, a filling, printed words."""

    colour: str
    sign: str = ""


def areas(*colours: str) -> list[Look]:
    """Return fills that have nothing but their colour."""
    return [Look(colour) for colour in colours]


def marker(symbol: str, fill: str, edge: str) -> Look:
    """Return the look of a mark; a hollow one shows its edge."""
    return Look(edge, f"{symbol} hollow") if fill == HOLLOW else Look(fill, symbol)


# The links of the flows are half transparent.
LINKS = [
    vision.over(theme.DESTINATION[tier], 0.5)
    for tier in ("same_city", "same_province", "other_province")
]

# Everything on a page that is told apart by its look, by what it belongs to.
GROUPS: dict[str, list[Look]] = {
    "classes of a map": areas(*theme.SEQUENTIAL),
    # A place without a value says so by a sign in place of the number.
    "a map with an area without data": [Look(theme.NO_DATA, "—"), *areas(*theme.SEQUENTIAL)],
    "destinations": areas(*theme.DESTINATION.values()),
    "bars of destinations on the card": areas(
        theme.CARD, *(c for tier, c in theme.DESTINATION.items() if tier != "same_county")
    ),
    "links of the flows": areas(theme.CARD, *LINKS),
    "states of clinics": areas(*theme.CLINIC_STATUS.values()),
    "cascade": areas(theme.CARD, theme.RANGE, theme.CLINIC_STATUS["completed"]),
    "spine": areas(theme.CARD, theme.RANGE, theme.MIDDLE),
    "counties of a funnel": [
        marker(*funnel.UNCLAIMED),
        *(marker(*m) for m in funnel.MARKS.values()),
    ],
    "counties of a ranking": [marker(*look) for look in ranked.MARKS.values()],
    "marks of a grid": [marker(*grid.SYMBOL[name]) for name in ("better", "worse", "similar")],
    "devices of a township": [
        marker(*grid.SYMBOL[name]) for name in ("in_use", "broken", "planned")
    ],
    "points of a process chart": [
        Look(theme.ACCENT),
        *(
            # High and low are told apart by where they lie; a circle is what all others are.
            Look(colour, "" if symbol == "circle" else symbol)
            for symbol, colour in dict.fromkeys(process.SPECIAL.values())
        ),
    ],
    "lines of a burn-up": [
        Look(theme.ACCENT, "thick, named at its end"),
        Look(theme.TEXT_3, "thin, named at its end"),
        Look(theme.TEXT_2, "dotted"),
        Look(theme.ACCENT, "dashed"),
    ],
    "settled and provisional": [Look(theme.ACCENT, "solid"), Look(theme.AXIS, "dashed")],
    "crude and standardised": [Look(theme.CARD, "hollow"), Look(theme.ACCENT, "filled")],
    "grades of reports": [
        Look(FILLS[f"grade-{name}"][0], f"the word {name}")
        for name in ("A", "B", "C", "D", "missing")
    ],
}


def confused(looks: list[Look]) -> list[str]:
    """Return the pairs that some eye cannot tell apart."""
    found = []
    for one, other in itertools.combinations(looks, 2):
        if one.sign != other.sign:
            continue
        for eye in vision.EYES:
            if (gap := vision.difference(one.colour, other.colour, eye)) < LEAST:
                found.append(f"{eye}: {one.colour} and {other.colour} differ by {gap:.1f}")
    return found


@pytest.mark.parametrize("name", GROUPS)
def test_what_means_something_is_told_apart_by_every_eye(name: str) -> None:
    assert confused(GROUPS[name]) == []


def test_the_check_finds_red_beside_green_and_two_colours_of_one_lightness() -> None:
    eyes = {found.split(":")[0] for found in confused(areas("#D95F02", "#6B8E23"))}
    assert eyes == {"protan", "deutan", "grey"}
    assert confused(areas(theme.BETTER, theme.SIMILAR)) != []
    assert confused([Look(theme.BETTER, "filled"), Look(theme.SIMILAR, "hollow")]) == []


def test_devices_in_different_states_have_different_shapes() -> None:
    shapes = {state: look[0] for state, look in device_grid.SHAPES.items()}
    # Under repair and stopped are one thing to the reader: out of use.
    shapes.pop("stopped")
    assert len(set(shapes.values())) == len(shapes)
    characters = {look[2] for state, look in device_grid.SHAPES.items() if state != "stopped"}
    assert len(characters) == len(shapes)


@pytest.mark.parametrize("mark", [theme.BETTER, theme.WORSE])
def test_a_mark_on_a_map_stands_out_from_its_white_edge(mark: str) -> None:
    assert vision.contrast(mark, theme.CARD) >= 4.5


@pytest.mark.parametrize("look", [*device_grid.SHAPES.values()])
def test_a_device_stands_out_from_the_card(look: tuple[str, ...]) -> None:
    assert vision.contrast(look[1], theme.CARD) >= 3


@pytest.mark.parametrize("status", theme.CLINIC_STATUS)
def test_numbers_read_on_the_states_of_clinics(status: str) -> None:
    assert vision.contrast(status_stack.INK[status], theme.CLINIC_STATUS[status]) >= 4.5


@pytest.mark.parametrize(("fill", "ink"), FILLS.values())
def test_grades_read_on_their_cells(fill: str, ink: str) -> None:
    assert vision.contrast(ink, fill) >= 4.5
