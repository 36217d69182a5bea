"""The registries as they stood on the day the page speaks of."""

from __future__ import annotations

import polars as pl

from dashboard import formats
from dashboard.messages import t
from dashboard.queries import clinics
from dashboard.view import View


def clinics_of(view: View) -> pl.LazyFrame:
    """Return the clinics as they stood at the end of the chosen month; their dates tell it."""
    return view.scan_at("clinics", clinics.at_day)


def ledger_note(view: View) -> str:
    """Say of which day the list of devices is, where that is not the page's; devices tell no past.

    Only the newest extract of an equipment ledger is kept device by device; the indicators of
    earlier months are sums of the extracts of their time.
    """
    if view.is_latest:
        return ""
    return t("equipment.as_of_note", day=formats.day(view.marts.as_of))
