"""axe-core on a page: the findings a screen reader or keyboard user would stumble over."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = frozenset({"serious", "critical"})


def grave_findings(page: Page) -> list[str]:
    """Return the serious and critical findings, one line for each element.

    The script comes from the installed wheel: nothing is fetched.
    """
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(node['target'])}: {node['html'][:160]}"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
