"""Chinese names of disease categories, for lists that rank them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("diseases.toml")


@cache
def disease_names() -> dict[str, str]:
    """Return three-character category of ICD-10 -> name; rare categories have none."""
    with FILE.open("rb") as handle:
        names: dict[str, str] = tomllib.load(handle)["names"]
    return names
