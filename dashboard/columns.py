"""The page grid: twelve columns."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.theme import GAP


def columns(*spans: int) -> list[DeltaGenerator]:
    """Return columns of the page by their spans, which add up to twelve."""
    return st.columns(list(spans), gap=GAP)
