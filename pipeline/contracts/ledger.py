"""The ledger: what happened to every row of every file. read = accepted + rejected + duplicates."""

from __future__ import annotations

import dataframely as dy


class LedgerFile(dy.Schema):
    """One row per raw file of a run."""

    file_id = dy.UInt32(primary_key=True)
    source = dy.String()
    file = dy.String()  # path below the raw folder
    sha256 = dy.String()
    rows_read = dy.Int64()
    accepted = dy.Int64()
    rejected = dy.Int64()
    duplicates = dy.Int64()  # includes the rows of a file that a later batch replaced
    refusal = dy.String(nullable=True)  # reason code when the file was refused as a whole
    message_zh = dy.String(nullable=True)  # one sentence: what, where, what to do
    warnings = dy.String()  # "REGION_STALE:12", ordered by code
    sums = dy.String()  # fen of the accepted rows by money column: "total:100010 fund:60005"
    superseded_by = dy.String(nullable=True)  # the file that replaced this one
    # The earlier file of its series that stays in force, because nothing of this one is acceptable.
    kept_instead = dy.String(nullable=True)


class LedgerCell(dy.Schema):
    """One row per file, county and month: the same accounts, for the quality mart."""

    file_id = dy.UInt32(primary_key=True)
    source = dy.String()
    county_code = dy.String(primary_key=True)  # "" where the row does not say
    month = dy.Date(primary_key=True)  # settlement or report month; month of the extract
    accepted = dy.Int64()
    rejected = dy.Int64()
    duplicates = dy.Int64()
    reasons = dy.String()  # "BAD_DATE:3 UNKNOWN_CODE:1", ordered by code


class Rejected(dy.Schema):
    """One row per refused or duplicate row; never a personal value."""

    file_id = dy.UInt32()
    source = dy.String()
    file = dy.String()
    sheet = dy.String(nullable=True)
    row = dy.Int64()  # physical line of a CSV, Excel's own row number, or the 1-based record
    column = dy.String(nullable=True)  # the header as it stands in the file
    reason = dy.String()
    detail = dy.String(nullable=True)  # the offending value, only where the column is not personal
    message_zh = dy.String()
