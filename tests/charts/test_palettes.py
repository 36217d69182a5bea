"""The palettes keep their distance in grey and under colour blindness (visual specification)."""

from __future__ import annotations

import itertools
import math

import pytest

from dashboard import theme

Triple = tuple[float, float, float]

# Machado, Oliveira, Fernandes 2009, table of matrices at severity 1.0; linear RGB.
MACHADO = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
PALETTES = {
    "sequential": theme.SEQUENTIAL,
    "diverging": theme.DIVERGING,
    "destination": tuple(theme.DESTINATION.values()),
    "clinic_status": tuple(theme.CLINIC_STATUS.values()),
}


def linear(hex_colour: str) -> Triple:
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return r, g, b


def seen(hex_colour: str, eye: str) -> Triple:
    rgb = linear(hex_colour)
    values = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in MACHADO[eye]]
    r, g, b = (min(max(v, 0.0), 1.0) for v in values)
    return r, g, b


def lab(rgb: Triple) -> Triple:
    r, g, b = rgb
    xyz = (
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def delta_e_2000(one: Triple, other: Triple) -> float:
    """CIEDE2000 as printed by Sharma, Wu, Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    c_mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(c_mean**7 / (c_mean**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for b, a in ((b1, a1), (b2, a2)))
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    d_l, d_c = l2 - l1, c2 - c1
    d_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(h_mean - 30))
        + 0.24 * math.cos(math.radians(2 * h_mean))
        + 0.32 * math.cos(math.radians(3 * h_mean + 6))
        - 0.20 * math.cos(math.radians(4 * h_mean - 63))
    )
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / math.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    r_c = 2 * math.sqrt(c_mean**7 / (c_mean**7 + 25**7))
    r_t = -r_c * math.sin(math.radians(60 * math.exp(-(((h_mean - 275) / 25) ** 2))))
    return math.sqrt(
        (d_l / s_l) ** 2 + (d_c / s_c) ** 2 + (d_h / s_h) ** 2 + r_t * (d_c / s_c) * (d_h / s_h)
    )


def smallest_difference(palette: tuple[str, ...], eye: str) -> float:
    labs = [lab(seen(colour, eye)) for colour in palette]
    return min(delta_e_2000(a, b) for a, b in itertools.combinations(labs, 2))


def smallest_lightness_step(palette: tuple[str, ...]) -> float:
    lightness = sorted(lab(linear(colour))[0] for colour in palette)
    return min(b - a for a, b in itertools.pairwise(lightness))


def contrast(ink: str, fill: str) -> float:
    weights = (0.2126, 0.7152, 0.0722)
    luminances = sorted(
        sum(w * c for w, c in zip(weights, linear(colour), strict=True)) for colour in (ink, fill)
    )
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)


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


def test_on_the_diverging_palette_what_is_dark_in_grey_is_worse() -> None:
    lightness = [lab(linear(colour))[0] for colour in theme.DIVERGING]
    assert [value < 50 for value in lightness] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sequential", (11.9, 8.6, 10.1, 12.7)),
        ("diverging", (15.2, 14.3, 16.0, 15.5)),
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
