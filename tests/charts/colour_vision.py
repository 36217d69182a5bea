"""How colours look to other eyes and in print: simulation, difference, lightness, contrast."""

from __future__ import annotations

import math

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
GREY = "grey"
EYES = (*MACHADO, GREY)


def linear(hex_colour: str) -> Triple:
    """Return #rrggbb as linear RGB."""
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return r, g, b


def seen(hex_colour: str, eye: str) -> Triple:
    """Return a colour as an eye of `MACHADO` sees it, in linear RGB."""
    rgb = linear(hex_colour)
    values = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in MACHADO[eye]]
    r, g, b = (min(max(v, 0.0), 1.0) for v in values)
    return r, g, b


def lab(rgb: Triple) -> Triple:
    """Return linear RGB as CIELAB under D65."""
    r, g, b = rgb
    xyz = (
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def lab_of(hex_colour: str, eye: str) -> Triple:
    """Return what an eye of `EYES` has of a colour; grey keeps the lightness alone."""
    if eye == GREY:
        return lab(linear(hex_colour))[0], 0.0, 0.0
    return lab(seen(hex_colour, eye))


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


def difference(one: str, other: str, eye: str) -> float:
    """Return the difference of two colours to an eye of `EYES`."""
    return delta_e_2000(lab_of(one, eye), lab_of(other, eye))


def contrast(ink: str, fill: str) -> float:
    """Return the contrast of WCAG 2, 1 to 21."""
    weights = (0.2126, 0.7152, 0.0722)
    luminances = sorted(
        sum(w * c for w, c in zip(weights, linear(colour), strict=True)) for colour in (ink, fill)
    )
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)


def over(colour: str, opacity: float, *, ground: str = "#FFFFFF") -> str:
    """Return what a transparent colour over a ground looks like."""
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    mixed = [round(opacity * top + (1 - opacity) * below) for top, below in pairs]
    return "#" + "".join(f"{part:02X}" for part in mixed)
