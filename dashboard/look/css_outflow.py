"""The constant style of the outflow page's matrix and of the lines above its charts."""

from __future__ import annotations

from dashboard import theme as t

NAMES = 148  # pixels of the column of names
OVER, HEAD, ROW = 44, 50, 46  # heights of the tiers, of the column heads, of a row

# Buttons and table stand side by side; equal heights keep a name beside its numbers.
_ROWS = f"""
.st-key-od-body {{ gap: 0 !important; flex-wrap: nowrap; }}
.st-key-od-rows {{ flex: 0 0 {NAMES}px; width: {NAMES}px !important; }}
.st-key-od-side {{ flex: 1 1 0; min-width: 0; gap: 0 !important; }}
.st-key-od-rows > * {{ height: {ROW}px; }}
.st-key-od-rows > *:first-child {{ height: {OVER + HEAD}px; }}
.st-key-od-rows button {{ height: {ROW}px; min-height: {ROW}px !important; width: 100%;
  justify-content: flex-start !important; padding: 0 4px; border-radius: 0; }}
.st-key-od-rows button > * {{ width: 100%; justify-content: flex-start; text-align: left; }}
.st-key-od-rows button p {{ font-size: {t.SIZE_NOTE}px; line-height: 20px; color: {t.TEXT_1}; }}
.st-key-od-rows [class*="st-key-od-here-"] button p {{ font-weight: 700; }}
.st-key-od-rows button:hover p, .st-key-od-tiers button:hover p {{ color: {t.ACCENT};
  text-decoration: underline; }}
.od-corner {{ height: {OVER + HEAD}px; display: flex; align-items: flex-end; padding: 0 4px 6px;
  font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; box-sizing: border-box; }}
.od-sum {{ height: {ROW}px; display: flex; align-items: center; padding: 0 4px;
  font-size: {t.SIZE_BODY}px; font-weight: 700; color: {t.TEXT_1}; }}
"""

_TIERS = f"""
.st-key-od-tiers [data-testid="stHorizontalBlock"] {{ gap: 0; flex-wrap: nowrap; }}
.st-key-od-tiers [data-testid="stColumn"] {{ min-width: 0 !important; }}
.st-key-od-tiers button {{ height: {OVER}px; min-height: {OVER}px !important; width: 100%;
  padding: 0 2px; border-radius: 0; border-bottom: 3px solid transparent; }}
.st-key-od-tiers button p {{ font-size: {t.SIZE_NOTE}px; font-weight: 500; color: {t.TEXT_1};
  white-space: nowrap; }}
.st-key-od-tiers [class*="st-key-od-tier-same_city"] button {{
  border-bottom-color: {t.DESTINATION["same_city"]}; }}
.st-key-od-tiers [class*="st-key-od-tier-same_province"] button {{
  border-bottom-color: {t.DESTINATION["same_province"]}; }}
.st-key-od-tiers [class*="st-key-od-tier-other_province"] button {{
  border-bottom-color: {t.DESTINATION["other_province"]}; }}
.st-key-od-tiers [class*="-on"] button {{ background: {t.BETTER_TINT}; }}
.st-key-od-tiers [class*="-on"] button p {{ font-weight: 700; }}
"""

_TABLE = f"""
table.od {{ border-collapse: collapse; table-layout: fixed; width: 100%; margin: 0;
  font-size: {t.SIZE_BODY}px; }}
table.od .unseen {{ position: absolute; clip-path: inset(50%); white-space: nowrap; }}
table.od thead th {{ height: {HEAD}px; padding: 0 8px 6px 4px; font-size: {t.SIZE_NOTE}px;
  font-weight: 400; line-height: 20px; color: {t.TEXT_3}; text-align: right; border: none;
  vertical-align: bottom; overflow: hidden; box-shadow: inset 0 -1px 0 {t.AXIS}; }}
table.od col.od-name {{ width: 0; }}
table.od thead th.od-name, table.od tbody th {{ padding: 0; border: none; }}
table.od thead tr.od-over th {{ height: 0; padding: 0; line-height: 0; box-shadow: none; }}
table.od td {{ height: {ROW}px; padding: 0 8px 0 4px; line-height: 21px; color: {t.TEXT_1};
  text-align: right; border: none; border-bottom: 1px solid {t.GRID}; white-space: nowrap; }}
table.od td small {{ display: block; font-size: {t.SIZE_NOTE}px; line-height: 20px;
  color: {t.TEXT_2}; }}
table.od td.strong, table.od tr.sum td {{ font-weight: 700; }}
table.od tr.here td {{ box-shadow: inset 0 2px 0 {t.TEXT_1}, inset 0 -2px 0 {t.TEXT_1}; }}
table.od td.share-1 {{ background: {t.SEQUENTIAL[0]}; }}
table.od td.share-2 {{ background: {t.SEQUENTIAL[1]}; }}
table.od td.share-3 {{ background: {t.SEQUENTIAL[2]}; }}
table.od td.share-3 small {{ color: {t.TEXT_1}; }}
"""

_LINES = f"""
[class*="st-key-pick-od"] button, [class*="st-key-pick-tier"] button {{ min-height: 34px; }}
@media (max-width: 1600px) {{
  [data-testid="stColumn"]:has(.st-key-panel-ordered) {{ flex-basis: 100% !important; }}
  /* Where others already treat a disease matters more than its code. */
  .st-key-panel-diseases table.grid :is(td, th):nth-child(2) {{ display: none; }}
  .st-key-panel-diseases table.grid th {{ white-space: normal; vertical-align: bottom; }}
}}
@media (min-width: 768px) and (max-width: 1600px) {{
  /* Two lines, whether its words need them or not: the list ends below a whole row. */
  .st-key-panel-diseases table.grid th {{ height: 59px; }}
  [class*="st-key-panel-diseases"] > * > .stHtml > .grid-box:not(:has(.compact)) {{
    --head: 59.2px; }}
}}
@media (max-width: 767px) {{
  .st-key-panel-od [data-testid="stLayoutWrapper"]:has(> .st-key-od-body) {{ overflow-x: auto; }}
  .st-key-panel-od .st-key-od-body {{ min-width: 620px; }}
  .st-key-od-body > :has(> .st-key-od-rows), .st-key-od-rows {{ position: sticky; left: 0;
    z-index: 1; background: {t.CARD}; }}
}}
"""

OUTFLOW_CSS = f"{_ROWS}{_TIERS}{_TABLE}{_LINES}"
