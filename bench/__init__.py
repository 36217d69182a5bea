"""Measurements, outside the project: `python -m bench.NAME` from the top folder."""
