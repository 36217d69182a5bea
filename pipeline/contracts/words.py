"""The words that the contracts of several marts share."""

from __future__ import annotations

STATUSES = ("final", "provisional", "suppressed", "missing", "not_applicable")
AREA_LEVELS = ("group", "province", "city", "county", "township", "village")
# Added to a county's code: its residents whose rows name no township, in the marts of townships.
UNPLACED = "000"
VERDICTS = ("match", "explained", "unexplained", "not_computable")
