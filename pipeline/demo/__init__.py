"""The demonstration world: raw files in the shapes that counties send, calibrated and invented."""

from pipeline.demo.write import (
    DEFAULT_CITIES,
    DEFAULT_SCALE,
    DEFAULT_SEED,
    DEFAULT_START,
    DEFAULT_UNTIL,
    DemoSummary,
    write_world,
)

__all__ = [
    "DEFAULT_CITIES",
    "DEFAULT_SCALE",
    "DEFAULT_SEED",
    "DEFAULT_START",
    "DEFAULT_UNTIL",
    "DemoSummary",
    "write_world",
]
