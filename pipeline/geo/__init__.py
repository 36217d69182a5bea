"""Bring a city in: county polygons, city outline and divisions, checked before they are kept."""

from pipeline.geo.command import add_arguments, run

__all__ = ["add_arguments", "run"]
