"""The constant style of phones: one column, cards that scroll where the page must not."""

from __future__ import annotations

from dashboard import theme as t

# Least size of what a finger hits, in pixels.
TARGET = 44
# Charts are drawn for a card of a laptop. A phone is held nearer: their words are smaller there,
# and narrower than this they would lie on each other.
CHART_TEXT, MAP_TEXT = 13, 11
CHART_WIDTH, WIDE_WIDTH, WIDEST, TABLE_WIDTH = 480, 660, 820, 620
# A list scrolls in itself: who leafs past it is not led through hundreds of rows.
LIST_HEIGHT = 460

_CHART = (
    '[class*="st-key-panel-"] [data-testid="stElementContainer"]:has([data-testid="stPlotlyChart"])'
)

_FRAME = f"""
  [data-testid="stMainBlockContainer"] {{ padding: 78px 14px 10px; }}
  [data-testid="stHeader"] {{ padding-left: 8px; }}
  .brand {{ left: 64px; font-size: {t.SIZE_BODY}px; pointer-events: none; }}
  .demo-pill {{ right: 14px; font-size: {t.SIZE_NOTE}px; pointer-events: none; }}
  .st-key-pickers > .st-key-pick-area {{ flex: 1 1 52%; width: auto !important; min-width: 0; }}
  .st-key-pickers > .st-key-pick-month {{ flex: 1 1 36%; width: auto !important; min-width: 0; }}
  [data-testid="stApp"] .st-key-pick-consortium {{ flex: 1 1 100%; }}
  .st-key-meeting {{ display: none; }}
  /* One text: as boxes beside each other, a line would begin with the mark before a name. */
  .st-key-crumbs {{ display: block; }}
  .st-key-crumbs :is(div, p) {{ display: inline; }}
  .st-key-crumbs button {{ width: auto !important; }}
"""

# Where title and pickers find no room beside each other, the pickers have a line of their own.
_BAND = """
  .st-key-band [data-testid="stHorizontalBlock"] { flex-wrap: wrap; row-gap: 8px; }
  .st-key-band [data-testid="stColumn"]:nth-child(n) { flex: 1 1 100%; }
  .st-key-pickers { flex-wrap: wrap; justify-content: flex-start; }
"""

_TARGETS = f"""
  [data-testid="stApp"] [data-testid="stMain"] button,
  [data-testid="stApp"] [data-testid="stMain"] [data-testid="stRadioOption"],
  [data-testid="stApp"] [data-testid="stMain"] a[data-testid="stPageLink-NavLink"] {{
    min-height: {TARGET}px; min-width: {TARGET}px; }}
  [data-testid="stApp"] [data-testid="stSelectbox"] [role="group"],
  [data-testid="stApp"] [data-testid="stSelectbox"] [data-baseweb="select"] > div,
  [data-testid="stApp"] [data-testid="stTextInputRootElement"] {{ min-height: {TARGET}px; }}
  [data-testid="stHeader"] button, [data-testid="stSidebar"] button {{
    min-height: {TARGET}px; min-width: {TARGET}px; }}
  [data-testid="stSidebarNavLink"] {{ min-height: {TARGET}px; }}
"""

# What is wider than its card scrolls inside it, below its title and above its notes.
_CHARTS = f"""
  [data-testid="stApp"] [data-testid="stPlotlyChart"] svg text, #js-plotly-tester text {{
    font-size: {CHART_TEXT}px !important; }}
  {_CHART} {{ overflow-x: auto; overflow-y: hidden; }}
  {_CHART} > * {{ min-width: {CHART_WIDTH}px; direction: ltr; }}
  :is(.st-key-scorecard, .st-key-sankey, .st-key-ordered, .st-key-courses,
    .st-key-group-trends) > * {{ min-width: {WIDE_WIDTH}px !important; }}
  :is(.st-key-spine, .st-key-townships) > * {{ min-width: {WIDEST}px !important; }}
  /* The newest month is in sight first. */
  :is(.st-key-trend, .st-key-chart-process, .st-key-referrals, .st-key-destinations) {{
    direction: rtl; }}
  /* A ranking and a map fit: name, mark and value; only the words of an axis would not. */
  :is(.st-key-map, [class*="st-key-side-map"], .st-key-ranking, .st-key-peers,
    .st-key-changes-figure, .st-key-locator) > * {{ min-width: 0 !important; }}
  [data-testid="stApp"] :is(.st-key-map, [class*="st-key-side-map"]) svg text {{
    font-size: {MAP_TEXT}px !important; }}
  [data-testid="stApp"] :is(.st-key-map, [class*="st-key-side-map"]) svg .annotation text {{
    font-size: {MAP_TEXT - 1}px !important; }}
  :is(.st-key-ranking, .st-key-peers) .xtick {{ display: none; }}
"""

# The column that names a row stays in sight while the others scroll past it.
_TABLES = f"""
  [data-testid="stApp"] table.ref {{ min-width: {TABLE_WIDTH}px; }}
  [data-testid="stApp"] .grid-box table.grid {{ min-width: 100%; width: max-content; }}
  [data-testid="stApp"] .grid-box {{ contain: inline-size; height: auto !important;
    max-height: {LIST_HEIGHT}px !important; }}
  table.grid :is(td, th):first-child, table.ref :is(td, th):first-child {{
    position: sticky; left: 0; z-index: 1; background: {t.CARD}; }}
  table.grid thead th:first-child, table.ref thead th:first-child {{ z-index: 2; }}
  [data-testid="stApp"] table.grid td:first-child {{ max-width: 140px; white-space: normal;
    line-height: 24px; }}
  [data-testid="stApp"] :is(table.grid, table.ref) {{ font-size: {t.SIZE_NOTE}px; }}
  .pair-value {{ white-space: normal; }}
  .pair-wide {{ grid-template-columns: 1fr auto auto; }}
"""

# Panels grow with what they hold.
_PANELS = """
  [data-testid="stApp"] [class*="st-key-panel-"], [data-testid="stApp"] [class*="st-key-card-"],
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-panel-"]),
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-card-"]) { height: auto !important;
    flex-basis: auto !important; }
  [data-testid="stApp"] .head { white-space: normal; }
  .panel-note { display: block; }
  [data-testid="stApp"] [class*="st-key-panel-"] > [class*="st-key-twin-"] { top: 10px; }
  [data-testid="stApp"] .strip-card { height: auto; }
  [data-testid="stApp"] .strip > div:first-child { flex: 0 1 auto; }
  [data-testid="stApp"] .strip { flex-wrap: wrap; height: auto; gap: 4px 14px; }
  [data-testid="stApp"] .strip-side { text-align: left; flex: 1 1 auto; white-space: normal; }
  /* What needs attention stands before where it lies. */
  [data-testid="stColumn"]:has(.st-key-panel-ranking),
  [data-testid="stColumn"]:has(.st-key-panel-stack) { order: -1; }
  .st-key-main-row [data-testid="stColumn"]:nth-child(2) { order: 3; }
  .st-key-main-row [data-testid="stColumn"]:nth-child(3) { order: 2; }
"""

# A laptop enlarged to twice its size: charts of many columns have narrower words, as on a phone.
_ENLARGED = f"""
  [data-testid="stApp"] :is(.st-key-spine, .st-key-townships) svg text {{
    font-size: {CHART_TEXT + 1}px !important; }}
  :is(.st-key-spine, .st-key-townships) {{ overflow-x: auto; overflow-y: hidden; }}
  :is(.st-key-spine, .st-key-townships) > * {{ min-width: {WIDEST}px; }}
"""

# A phone turned sideways keeps the words of its charts: Plotly measures each of them once.
_SIDEWAYS = "screen and (pointer: coarse) and (max-height: 500px)"

PHONE_CSS = (
    f"@media screen and (max-width: 1199px) {{{_BAND}}}"
    f"@media screen and (max-width: 767px) {{{_FRAME}{_TARGETS}{_PANELS}{_TABLES}}}"
    f"@media screen and (max-width: 767px), {_SIDEWAYS} {{{_CHARTS}}}"
    f"@media screen and (min-width: 768px) and (max-width: 1100px) and (min-height: 501px) "
    f"{{{_ENLARGED}}}"
)
