"""The palettes keep their distance in grey and under colour blindness (visual specification)."""

from __future__ import annotations

import itertools

import pytest

from dashboard import theme
from tests.charts.colour_vision import MACHADO, contrast, delta_e_2000, lab, linear, seen

PALETTES = {
    "sequential": theme.SEQUENTIAL,
    "destination": tuple(theme.DESTINATION.values()),
    "clinic_status": tuple(theme.CLINIC_STATUS.values()),
}


def smallest_difference(palette: tuple[str, ...], eye: str) -> float:
    labs = [lab(seen(colour, eye)) for colour in palette]
    return min(delta_e_2000(a, b) for a, b in itertools.combinations(labs, 2))


def smallest_lightness_step(palette: tuple[str, ...]) -> float:
    lightness = sorted(lab(linear(colour))[0] for colour in palette)
    return min(b - a for a, b in itertools.pairwise(lightness))


def test_the_colour_difference_agrees_with_the_published_pairs() -> None:
    # Sharma, Wu, Dalal 2005, table 1: pairs 1, 17 and 25.
    pairs = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for one, other, expected in pairs:
        assert delta_e_2000(one, other) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "step"),
    [("sequential", 13.5), ("destination", 16.9), ("clinic_status", 16.0)],
)
def test_a_palette_in_grey_keeps_its_steps(name: str, step: float) -> None:
    assert smallest_lightness_step(PALETTES[name]) >= step


@pytest.mark.parametrize("name", ["sequential", "clinic_status", "destination"])
def test_an_ordered_palette_darkens_from_first_to_last(name: str) -> None:
    lightness = [lab(linear(colour))[0] for colour in PALETTES[name]]
    assert lightness == sorted(lightness, reverse=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sequential", (11.9, 8.6, 10.1, 12.7)),
        ("destination", (19.3, 11.3, 12.9, 20.0)),
        ("clinic_status", (15.4, 9.8, 11.7, 17.4)),
    ],
)
def test_colours_stay_apart_for_every_eye(name: str, expected: tuple[float, ...]) -> None:
    for eye, figure in zip(MACHADO, expected, strict=True):
        assert smallest_difference(PALETTES[name], eye) == pytest.approx(figure, abs=0.35), eye


def test_better_and_worse_are_far_apart_for_every_eye() -> None:
    for eye in MACHADO:
        assert smallest_difference((theme.BETTER, theme.WORSE), eye) > 40, eye


@pytest.mark.parametrize("polarity", ["higher_is_better", "lower_is_better", "none"])
def test_ink_reads_on_every_class(polarity: theme.Polarity) -> None:
    pairs = zip(theme.class_inks(polarity), theme.class_colours(polarity), strict=True)
    assert min(contrast(ink, fill) for ink, fill in pairs) >= 4.5


def test_dark_is_what_needs_attention() -> None:
    assert theme.class_colours("lower_is_better")[-1] == theme.SEQUENTIAL[-1]
    assert theme.class_colours("higher_is_better")[0] == theme.SEQUENTIAL[-1]


@pytest.mark.parametrize("ink", [theme.TEXT_1, theme.TEXT_2, theme.TEXT_3, theme.ACCENT])
def test_text_reads_on_card_and_page(ink: str) -> None:
    assert min(contrast(ink, fill) for fill in (theme.CARD, theme.PAGE)) >= 4.5


def test_axes_are_visible_on_the_card() -> None:
    assert contrast(theme.AXIS, theme.CARD) >= 3
