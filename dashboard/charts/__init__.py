"""Figures: a small frame in, a plotly figure out; no streamlit here."""
