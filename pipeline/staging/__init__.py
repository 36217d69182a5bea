"""Typed rows to staged tables: one module per source, independent of each other.

Every module has `stage(rows, references)`, which keeps all rows and says of each why it is not
taken, and `tables(checked)`, which gives the accepted rows in the shape of their contract. Rows
carry, beside their values: `_pos` (unique), `_file`, `_sheet`, `_row`, `_batch`, `_series`, `_city`
from reading (and `_tells_resettled`: the file has that column); `_reason`, `_column`, `_detail`
(why it is refused, null for an accepted row); `_warning`; `_county` and `_month` (where the ledger
counts it).
"""
