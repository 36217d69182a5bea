"""New moons after Meeus, Astronomical Algorithms (second edition, 1998), chapter 49.

The periodic terms above 0.0001 days: a few minutes at most, where mean lunations stray by half a
day.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import radians, sin

J2000 = date(2000, 1, 1)
# Noon of that day, in the Julian days that the theory counts.
J2000_NOON = 2451545.0
# Dynamical time was ahead of universal time by 68 to 73 seconds from 2015 to 2035.
AHEAD_DAYS = 70 / 86400
BEIJING_HOURS = 8


def _corrections(k: float, t: float) -> float:
    """Return by how many days the true new moon differs from the mean one."""
    e = 1 - 0.002516 * t - 0.0000074 * t * t
    sun = radians(2.5534 + 29.10535670 * k - 0.0000014 * t * t)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    node = radians(160.7108 + 390.67050284 * k - 0.0016118 * t * t)
    omega = radians(124.7746 - 1.56375588 * k + 0.0020672 * t * t)
    venus = radians(299.77 + 0.107408 * k - 0.009173 * t * t)
    terms = [
        (-0.40720, moon),
        (0.17241 * e, sun),
        (0.01608, 2 * moon),
        (0.01039, 2 * node),
        (0.00739 * e, moon - sun),
        (-0.00514 * e, moon + sun),
        (0.00208 * e * e, 2 * sun),
        (-0.00111, moon - 2 * node),
        (-0.00057, moon + 2 * node),
        (0.00056 * e, 2 * moon + sun),
        (-0.00042, 3 * moon),
        (0.00042 * e, sun + 2 * node),
        (0.00038 * e, sun - 2 * node),
        (-0.00024 * e, 2 * moon - sun),
        (-0.00017, omega),
        (0.000325, venus),
    ]
    return sum(size * sin(angle) for size, angle in terms)


def new_moon_in_beijing(near: date) -> tuple[date, float]:
    """Return the day of the new moon nearest to a day, and the hour, by the clock of Beijing."""
    k = round((near - date(2000, 1, 6)).days / 29.530588861)
    t = k / 1236.85
    mean = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t
    days = mean + _corrections(k, t) - AHEAD_DAYS - J2000_NOON + 0.5 + BEIJING_HOURS / 24
    return J2000 + timedelta(days=int(days)), days % 1 * 24
