"""The constant style of the page on consortia."""

from __future__ import annotations

from dashboard import theme as t

CONSORTIUM_CSS = f"""
table.ref.monitor thead th, table.ref.items thead th, table.ref.ledger thead th,
table.ref.members thead th {{ padding-right: 14px; }}
table.ref.monitor tbody td, table.ref.monitor tbody th {{ padding: 4px 14px 4px 0; }}
table.ref.monitor.meeting tbody td, table.ref.monitor.meeting tbody th {{
  padding-top: 7px; padding-bottom: 7px; }}
table.ref.monitor tbody td.band {{ padding-right: 18px; border-bottom: none; }}
table.ref.monitor tr.last td, table.ref.monitor tr.last th,
table.ref.monitor tbody tr.last td.band {{ border-bottom: 1px solid {t.AXIS}; }}
.folded > summary {{ cursor: pointer; color: {t.ACCENT}; font-size: {t.SIZE_BODY}px;
  line-height: 28px; padding: 8px 0; }}
.folded > summary:focus-visible {{ outline: 2px solid {t.ACCENT}; outline-offset: 2px; }}
@media print {{ .folded::details-content {{ content-visibility: visible; }} }}
table.ref.items tbody td {{ padding: 4px 10px 4px 0; }}
table.ref.items thead th {{ padding-right: 10px; }}
table.ref.items td.line {{ color: {t.TEXT_3}; }}
table.ref.ledger tbody td, table.ref.ledger tbody th {{ padding: 3px 14px 3px 0; }}
table.ref.ledger tr.here th, table.ref.ledger tr.here td {{ font-weight: 700; }}
.ref-box.ledger {{ max-height: 640px; }}
.ref-box.members {{ max-height: 720px; }}
table.ref.members tbody td, table.ref.members tbody th {{ padding: 3px 14px 3px 0; }}
table.ref.members td:nth-child(-n + 3) {{ white-space: nowrap; }}
table.ref.members thead th.num {{ white-space: normal; min-width: 80px; text-wrap: balance; }}
@media screen and (max-width: 1600px) {{
  .strips {{ grid: auto / repeat(auto-fit, minmax(min(560px, 100%), 1fr)); }}
  [data-testid="stColumn"]:has(.st-key-panel-monitor) {{ flex: 1 1 100% !important; }}
  /* A long page of lists: the lines closer together, the parts of a share beside its name. */
  table.ref.monitor tbody :is(td, th), table.ref.items tbody td {{ padding-top: 2px;
    padding-bottom: 2px; line-height: 24px; }}
  table.ref.items small {{ display: inline-block; margin-left: 8px; }}
}}
/* On a laptop the ledgers stand side by side in smaller print. */
@media screen and (min-width: 1200px) and (max-width: 1600px) {{
  table.ref.members tbody :is(th, td:nth-child(-n + 3)) {{ white-space: normal; }}
  table.ref.ledger {{ font-size: {t.SIZE_NOTE}px; }}
  table.ref.ledger tbody td, table.ref.ledger tbody th {{ padding-right: 7px; }}
  table.ref.ledger thead th {{ padding-right: 7px; white-space: nowrap; }}
  table.ref.ledger tbody td:last-child, table.ref.ledger thead th:last-child {{
    padding-right: 2px; }}
  .st-key-panel-ledger, .st-key-panel-surplus {{ padding: 16px 12px; }}
  .st-key-panel-surplus .head {{ display: block; height: auto; }}
  .st-key-panel-surplus .panel-note {{ white-space: normal; line-height: inherit; }}
  [data-testid="stColumn"]:has(.st-key-panel-ledger) {{ flex: 1 1 53% !important; }}
  [data-testid="stColumn"]:has(.st-key-panel-surplus) {{ flex: 1 1 43% !important;
    min-width: 0; }}
}}
@media screen and (max-width: 1199px) {{
  [data-testid="stColumn"]:has(.st-key-panel-ledger),
  [data-testid="stColumn"]:has(.st-key-panel-surplus) {{ flex: 1 1 100% !important; }}
}}
/* On a phone a line is its name, its value and the change. */
@media screen and (max-width: 767px) {{
  [data-testid="stApp"] :is(table.monitor, table.items) {{ min-width: 0; }}
  table.monitor .aside,
  table.items tr > :nth-child(4) {{ display: none; }}
  table.ref.monitor tbody th {{ white-space: normal; min-width: 92px; }}
  table.ref.items tbody td:first-child {{ min-width: 108px; }}
  table.ref.monitor :is(td, tbody th, thead th) {{ padding-right: 8px; }}
}}
"""
