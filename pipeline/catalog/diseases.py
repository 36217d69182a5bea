"""Chinese names of disease categories, for lists that rank them."""

from __future__ import annotations

from functools import cache

from pipeline.catalog import HERE, read_toml


@cache
def disease_names() -> dict[str, str]:
    """Return three-character category of ICD-10 -> name; rare categories have none."""
    names: dict[str, str] = read_toml(HERE / "diseases.toml")["names"]
    return names
