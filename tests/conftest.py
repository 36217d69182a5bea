"""Every test works in its own folders: the real data folder and the real key are out of reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "shared-machine",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shared-machine")


@pytest.fixture(autouse=True, scope="session")
def _away_from_real_data(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Point every default of the environment into a temporary folder."""
    folder = tmp_path_factory.mktemp("nowhere")
    os.environ["DASHBOARD_MARTS"] = str(folder / "marts")
    os.environ["DASHBOARD_KEY_FILE"] = str(folder / "pseudonym.key")


@pytest.fixture
def repository() -> Path:
    """Return the root of the checkout."""
    return Path(__file__).parent.parent
