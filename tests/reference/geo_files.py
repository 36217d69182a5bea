"""Builders of boundary files as a commission would send them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import shapely

from pipeline.geo import add_arguments, run
from pipeline.geo.shapes import read_collection
from pipeline.reference import load_reference

KNOWN = read_collection(load_reference().boundaries / "counties.geojson")
KAIFENG = sorted(code for code in KNOWN if code.startswith("4102"))


def feature(code: object, geometry: Any, *, name: str = "", **properties: object) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name or f"县{code}", **properties},
        "geometry": geometry,
    }


def of_kaifeng(
    change: Callable[[shapely.Geometry], shapely.Geometry] | None = None,
    *,
    only: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Return the counties of 开封 in the commission's shape; `change` only those of `only`."""
    changed = set(only) or set(KAIFENG)
    features = []
    for code in KAIFENG:
        known = KNOWN[code]
        geometry = known["geometry"]
        if change is not None and code in changed:
            moved = change(shapely.geometry.shape(geometry))
            geometry = json.loads(shapely.to_geojson(moved))
        features.append(feature(code, geometry, name=known["properties"]["name"]))
    return features


def run_geo(folder: Path, *options: object) -> str:
    """Run the subcommand on a reference folder; return what it says."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([*map(str, options), "--reference", str(folder)]))


def write(path: Path, features: list[dict[str, Any]], **members: object) -> Path:
    collection = {"type": "FeatureCollection", **members, "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path
