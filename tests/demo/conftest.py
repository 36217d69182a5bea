from __future__ import annotations

import pytest

from pipeline.demo.sites import build_sites
from pipeline.demo.world import Site
from pipeline.reference import load_reference
from tests.builders.shared import DEMO_SEED


@pytest.fixture(scope="session")
def sites() -> dict[str, Site]:
    built = build_sites(load_reference(), ("410200", "411600", "411300"), seed=DEMO_SEED)
    return {site.code: site for site in built}
