"""The script that every page run starts with: navigation first, then the gate, then the page.

Navigation comes before everything else: until it has run once in a process, Streamlit would serve
files of a pages folder by themselves, past any gate.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import streamlit as st

from dashboard import shell, site, store
from dashboard.blocks import block
from dashboard.components import draw
from dashboard.look.css import MEETING_CSS
from dashboard.look.markup import div
from dashboard.messages import t
from dashboard.opening import follow
from dashboard.runs import replay
from pipeline.catalog import catalogue

ICON = Path(__file__).parent / "icon.svg"


FOLLOW, RETURN = dt.timedelta(minutes=10), dt.timedelta(days=1)


def _brand(name: str, in_force: str | None, *, meeting: bool) -> None:
    """Draw the system's name, and with it make browsers come back after a restart by themselves.

    A browser that has found its server again asks for the page at once only if a part of it is
    drawn again by the clock. Otherwise it asks at the first click, and that click is lost: the new
    process draws the page and does not know yet what the click meant. In a meeting the clock also
    brings what was published since.
    """
    if meeting:
        follow(in_force)
    wait = div(t("frame.wait"), cls="wait") if meeting else None
    draw(div(div(name, cls="brand"), wait))


def run() -> None:
    """Register the pages, draw the frame, run the page asked for."""
    meeting = shell.is_meeting()
    page = st.navigation(list(site.pages().values()), position="hidden" if meeting else "top")
    name = catalogue().settings.product_name_zh
    st.set_page_config(
        page_title=f"{page.title} · {name}",
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    if meeting:
        st.html(f"<style>{MEETING_CSS}</style>")
    brand = st.fragment(_brand, run_every=FOLLOW if meeting else RETURN)
    brand(name, store.id_in_force() if meeting else None, meeting=meeting)
    replay.run(block(page.run))


run()
