"""The constant style of paper: A4 landscape, the screen's columns made smaller, nothing to press.

Charts keep the size they had on the screen. So a page is laid out as wide as a large screen and
drawn smaller; a column whose chart was drawn wider than its share takes a row of its own.
"""

from __future__ import annotations

from dashboard import theme as t

# A4 landscape less its margins is 1,062 px wide: this lays it out at 1,900.
ZOOM = 0.558
MARGIN = "8mm"

_AWAY = """
  html body :is([data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stSidebar"],
    [data-testid="stStatusWidget"], .brand, .st-key-pickers, .st-key-to-latest,
    .st-key-profile-link, .st-key-panel-templates, [class*="st-key-pick-"],
    .st-key-map-months, .st-key-map-earlier, .st-key-map-later,
    [class*="st-key-twin-"], [class*="st-key-csv-"], [class*="st-key-choose-"],
    [class*="st-key-panel-"] [data-testid="stTextInput"],
    [class*="st-key-panel-"] [data-testid="stSelectbox"],
    [class*="st-key-panel-"] [data-testid="stButtonGroup"],
    [class*="st-key-panel-"] [data-testid="stSlider"]) { display: none !important; }
"""

# The window's height is gone with the window: what scrolled on the screen is printed whole.
_WHOLE = f"""
  html, body, #root, #root > div, [data-testid="stApp"], [data-testid="stAppViewContainer"],
  [data-testid="stMain"], [data-testid="stMainBlockContainer"] {{ position: static !important;
    height: auto !important; min-height: 0 !important; max-height: none !important;
    overflow: visible !important; }}
  [data-testid="stMainBlockContainer"] {{ padding: 0 !important; max-width: none !important; }}
  .ref-box, .grid-box {{ max-height: none !important; height: auto !important;
    overflow: visible !important; contain: none !important; }}
  table.ref thead th, table.grid th {{ position: static; box-shadow: none !important; }}
  .ref-box thead tr:last-child th, table.grid thead tr:last-child th {{
    border-bottom: 1px solid {t.AXIS} !important; }}
  tr, .pair, .point, .terms div, dl.pairs dt, dl.pairs dd {{ break-inside: avoid; }}
  [data-testid="stHtml"]:has(.ref-box), [data-testid="stHtml"]:has(.grid-box) {{
    height: auto !important; }}
"""

# Boxes instead of flexible columns: only boxes are broken between pages without lying over others.
_LAYOUT = f"""
  [data-testid="stMain"] [data-testid="stHorizontalBlock"] {{ display: flex !important;
    flex-wrap: wrap !important; }}
  [data-testid="stColumn"] {{ min-width: min-content !important; }}
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"],
  [data-testid="stMain"] [data-testid="stColumn"] > [data-testid="stVerticalBlock"],
  [data-testid="stMain"] [data-testid="stLayoutWrapper"]:has(> [class*="st-key-panel-"]),
  [data-testid="stMain"] [class*="st-key-panel-"],
  [class*="st-key-panel-"] [data-testid="stElementContainer"],
  [class*="st-key-panel-"] .stHtml {{ display: block !important; }}
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] > *,
  [data-testid="stMain"] [data-testid="stColumn"] > [data-testid="stVerticalBlock"] > * {{
    margin-bottom: {t.GAP}px; }}
  [data-testid="stMain"] [data-testid="stColumn"] > [data-testid="stVerticalBlock"] > :last-child {{
    margin-bottom: 0; }}
  .st-key-band [data-testid="stColumn"]:nth-child(1) {{ flex: 1 1 100% !important; }}
  .st-key-band [data-testid="stColumn"]:nth-child(2) {{ display: none !important; }}
  [class*="st-key-panel-"], [class*="st-key-card-"],
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-panel-"]) {{
    height: auto !important; overflow: visible !important; break-inside: avoid; }}
  [class*="st-key-panel-"]:has(.ref-box), [class*="st-key-panel-"]:has(.grid-box),
  [class*="st-key-panel-"]:has(.terms) {{ break-inside: auto; }}
  [class*="st-key-panel-"] > :has(.head) {{ break-after: avoid; }}
  .head.beside {{ margin-right: 0; }}
  [class*="st-key-panel-"] > * {{ margin-bottom: 8px; }}
  /* A list of many pages has nothing beside it. */
  [data-testid="stMain"] [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]
    .grid-box) {{ display: block !important; }}
  /* A list of several sheets begins below what stands before it, and a picker has nothing to say
     on paper. */
  [data-testid="stLayoutWrapper"]:has(> :is(.st-key-panel-facts, .st-key-panel-clinics)) {{
    break-inside: auto !important; }}
  [data-testid="stColumn"]:has(> * .st-key-panel-list) {{ display: none !important; }}
  /* A chart takes the room it was drawn in, so that its column is no narrower. */
  [data-testid="stPlotlyChart"] {{ contain: none !important; }}
  html body [data-testid="stPlotlyChart"] :is(.js-plotly-plot, .svg-container) {{
    width: max-content !important; max-width: none !important; }}
  [data-testid="stPlotlyChart"] .main-svg:first-child {{ position: relative !important; }}
  .demo-pill {{ position: absolute !important; top: 0 !important; right: 0 !important; }}
"""

_INK = f"""
  [data-testid="stApp"], [data-testid="stMain"], body {{ background: {t.CARD} !important; }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  .notice {{ background: {t.CARD}; }}
"""

PRINT_CSS = (
    f"@page {{ size: A4 landscape; margin: {MARGIN}; }}"
    f"@media print {{ html {{ zoom: {ZOOM}; }} {_AWAY}{_WHOLE}{_LAYOUT}{_INK} }}"
)
