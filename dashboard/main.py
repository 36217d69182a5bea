"""The script that every page run starts with: navigation first, then the gate, then the page.

Navigation comes before everything else: until it has run once in a process, Streamlit would serve
files of a pages folder by themselves, past any gate.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import replay, shell, site
from dashboard.blocks import block
from dashboard.components import draw
from dashboard.look.css import MEETING_CSS
from dashboard.look.markup import div
from dashboard.messages import t
from pipeline.catalog import catalogue

ICON = Path(__file__).parent / "icon.svg"


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
    wait = div(t("frame.wait"), cls="wait") if meeting else None
    draw(div(div(name, cls="brand"), wait))
    replay.run(block(page.run))


run()
