"""Write a picture of every page to docs/gallery, from the full demonstration world.

Run `make gallery`. Uses the marts of DASHBOARD_MARTS (default data/marts); `make build` fills it.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import harness  # noqa: E402

PAGES = {
    "overview": "/",
    "outflow": "/outflow",
    "clinics": "/clinics",
    "equipment": "/equipment",
    "contracts": "/contracts",
    "county": "/county?area=410225",
    "township": "/county?area=410225102",
    "two-dates": "/outflow?compare=2024-03",
    "consortium": "/consortium",
    "published": "/published",
    "quality": "/quality",
    "definitions": "/definitions",
}


def main() -> None:
    """Photograph each page at both screen sizes and on a phone, and each in meeting mode."""
    out = ROOT / "docs" / "gallery"
    out.mkdir(parents=True, exist_ok=True)
    marts = Path(os.environ.get("DASHBOARD_MARTS", ROOT / "data" / "marts"))
    with harness.serve(marts) as address, harness.chromium() as browser:
        for size, (width, height) in (harness.SIZES | {"phone": harness.PHONE}).items():
            page = browser.new_page(viewport={"width": width, "height": height})
            for name, path in PAGES.items():
                _photograph(page, address + path, out / f"{name}-{size}.png")
                if size == "screen":
                    meeting = path + ("&" if "?" in path else "?") + "meeting=1"
                    _photograph(page, address + meeting, out / f"{name}-meeting.png")
            page.close()


def _photograph(page: Page, address: str, file: Path) -> None:
    harness.open_page(page, address)
    picture = Image.open(io.BytesIO(page.screenshot()))
    # 128 colours are enough for flat charts and keep the repository small.
    picture.convert("RGB").quantize(128).save(file, optimize=True)
    print(file.name)


if __name__ == "__main__":
    main()
