"""The constant style of phones: one column, cards that scroll where the page must not."""

from __future__ import annotations

from dashboard import theme as t

# Least size of what a finger hits, in pixels.
TARGET = 44
# Charts are drawn for a card of a laptop; narrower than this their texts would lie on each other.
CHART_WIDTH, TABLE_WIDTH, FIGURE_WIDTH = 540, 760, 1080
ROW_WIDTH = 960  # five small charts side by side

_FRAME = f"""
  [data-testid="stMainBlockContainer"] {{ padding: 78px 14px 10px; }}
  [data-testid="stHeader"] {{ padding-left: 8px; }}
  .brand {{ left: 64px; font-size: {t.SIZE_BODY}px; pointer-events: none; }}
  .demo-pill {{ right: 14px; font-size: {t.SIZE_NOTE}px; pointer-events: none; }}
  .st-key-band [data-testid="stHorizontalBlock"] {{ flex-wrap: wrap; }}
  .st-key-band [data-testid="stColumn"]:nth-child(n) {{ flex: 1 1 100%; }}
  .st-key-pickers {{ flex-wrap: wrap; justify-content: flex-start; }}
  .st-key-pickers > .st-key-pick-area {{ flex: 1 1 52%; width: auto !important; min-width: 0; }}
  .st-key-pickers > .st-key-pick-month {{ flex: 1 1 36%; width: auto !important; min-width: 0; }}
  .st-key-meeting {{ display: none; }}
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

# Panels grow with what they hold; what is wider scrolls inside its card, under its title.
_PANELS = f"""
  [data-testid="stApp"] [class*="st-key-panel-"], [data-testid="stApp"] [class*="st-key-card-"],
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-panel-"]),
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-card-"]) {{ height: auto !important; }}
  [data-testid="stApp"] [class*="st-key-panel-"] {{ overflow-x: auto; }}
  [class*="st-key-panel-"] [data-testid="stElementContainer"]:has([data-testid="stPlotlyChart"]) {{
    min-width: {CHART_WIDTH}px; }}
  [class*="st-key-panel-"] .st-key-scorecard, [class*="st-key-panel-"] .st-key-spine,
  [class*="st-key-panel-"] .st-key-townships {{ min-width: {FIGURE_WIDTH}px !important; }}
  [class*="st-key-panel-"] .st-key-courses,
  [class*="st-key-panel-"] .st-key-grid {{ min-width: {FIGURE_WIDTH}px !important; }}
  [class*="st-key-panel-"] .st-key-group-trends {{ min-width: {ROW_WIDTH}px !important; }}
  [class*="st-key-panel-profile"] .st-key-locator {{ min-width: 0 !important; }}
  /* A ranking fits: name, mark and value; only the words of its axis would not. */
  [class*="st-key-panel-"] .st-key-ranking, [class*="st-key-panel-"] .st-key-peers {{
    min-width: 0 !important; }}
  .st-key-ranking .xtick, .st-key-peers .xtick {{ display: none; }}
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-head-"]) {{ position: sticky; left: 0; }}
  [data-testid="stApp"] [class*="st-key-head-"] [data-testid="stHtml"] > div {{
    white-space: normal; }}
  [data-testid="stApp"] table.ref {{ min-width: {TABLE_WIDTH}px; }}
  [data-testid="stApp"] .grid-box table.grid {{ min-width: 100%; width: max-content; }}
  [data-testid="stApp"] .grid-box {{ contain: inline-size; }}
  [data-testid="stApp"] .strip-card {{ height: auto; }}
  [data-testid="stApp"] .strip {{ flex-wrap: wrap; height: auto; gap: 4px 14px; }}
  [data-testid="stApp"] .strip-side {{ text-align: left; flex: 1 1 auto; white-space: normal; }}
  /* What needs attention stands before where it lies: the row of the ranking changes place with
     the row of the map, and what follows stays behind both. */
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] >
    :has(.st-key-panel-map) ~ * {{ order: 3; }}
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] >
    :has(.st-key-panel-map) {{ order: 2; }}
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] >
    :has(.st-key-panel-map) ~ :has(.st-key-panel-ranking) {{ order: 1; }}
  [data-testid="stColumn"]:has(.st-key-panel-ranking),
  [data-testid="stColumn"]:has(.st-key-panel-stack) {{ order: -1; }}
  .st-key-main-row [data-testid="stColumn"]:nth-child(2) {{ order: 3; }}
  .st-key-main-row [data-testid="stColumn"]:nth-child(3) {{ order: 2; }}
"""

PHONE_CSS = f"@media screen and (max-width: 767px) {{{_FRAME}{_TARGETS}{_PANELS}}}"
