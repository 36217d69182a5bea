"""The weekly meeting's slides: the first slide of the main pages, of one area and month.

Pages are scripts. They run here as the framework runs any script outside a server, in a process of
its own: nothing of the viewer's session is touched, and the server goes on serving.
"""

from __future__ import annotations

import json
import logging
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

import streamlit as st

from dashboard import formats, state
from dashboard.exports import collect
from dashboard.exports.collect import Contents
from dashboard.exports.slide_plan import Slide, plan
from dashboard.site import ROOT
from dashboard.view import View

PAGES = ("overview", "outflow", "clinics", "equipment", "contracts")
COUNTY = "county"  # joins the pages of an area below the city
PATIENCE = 120  # seconds
NICE = 10  # of 19: visitors' pages come first


def _drawn(page_id: str, wanted: Mapping[str, str]) -> Contents:
    """Run a page without a browser and return what it drew."""
    st.session_state.clear()
    st.query_params.from_dict(dict(wanted))
    collect.forget()
    runpy.run_path(str(ROOT / "pages" / f"{page_id}.py"))
    contents = collect.current()
    assert contents is not None  # a page without data has failed before
    return contents


def first_slides(wanted: Mapping[str, str]) -> Iterator[tuple[Contents, list[Slide]]]:
    """Yield the pages with their first slides, numbered through."""
    pages = [_drawn(page_id, wanted) for page_id in PAGES]
    if pages[0].view.county is not None:
        pages.append(_drawn(COUNTY, wanted))
    for n, contents in enumerate(pages, start=1):
        yield contents, [replace(plan(contents)[0], number=n, count=len(pages))]


def main() -> None:
    """Read what is wanted as JSON, write the slides."""
    from dashboard.exports.deck import write_deck

    sys.stdout.buffer.write(write_deck(first_slides(json.load(sys.stdin))))


def write_meeting(view: View) -> bytes:
    """Write the meeting's slides of a view's area, month and snapshot as PPTX.

    Raises:
        subprocess.SubprocessError: the process failed or took too long.
    """
    wanted = {
        state.AREA: view.area.code,
        state.MONTH: formats.month_key(view.month),
        state.SNAPSHOT: view.marts.id,
        # The picture of a meeting stands still: nothing in it is drawn again by itself, which
        # outside of a server would not be drawn at all.
        state.MEETING: "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.exports.meeting"],
        input=json.dumps(wanted).encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        timeout=PATIENCE,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # outside of a server every part of a page would warn
    os.nice(NICE)
    main()
