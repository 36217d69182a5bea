from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.demo import write_world
from pipeline.demo.sites import build_sites
from pipeline.demo.world import Site
from pipeline.reference import load_reference

SEED = 7


@pytest.fixture(scope="session")
def tiny_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """开封 and the two small worlds from 2024 on, with few settlements."""
    out = tmp_path_factory.mktemp("world") / "raw"
    write_world(out, cities=("410200",), scale=0.002, seed=SEED, start=date(2024, 1, 1))
    return out


@pytest.fixture(scope="session")
def sites() -> dict[str, Site]:
    built = build_sites(load_reference(), ("410200", "411600", "411300"), seed=SEED)
    return {site.code: site for site in built}
