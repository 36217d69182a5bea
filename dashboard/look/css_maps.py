"""The constant style of the map's months and of two dates side by side."""

from __future__ import annotations

from dashboard import theme as t

# On a phone a map is as wide as its card and keeps the height of a wider one: so much is empty
# above it, and as much below, of the least height that a map has (229 px on a canvas of 540).
_EMPTY = "max(0px, 129px - 21.2vw)"

# The row is slim, so that the overview stays one screen.
MAPS_CSS = f"""
.st-key-map-months, .st-key-map-earlier, .st-key-map-later {{ flex: none;
  flex-wrap: nowrap !important; height: 36px; margin: -9px 0 -7px; }}
[class*="st-key-map-slider"] {{ flex: 1 1 auto; min-width: 0; height: 36px;
  padding: 6px 8px 0 10px; }}
[class*="st-key-map-slider"] p {{ font-size: {t.SIZE_NOTE}px; font-weight: 500; }}
[class*="st-key-map-slider"] [data-testid="stSliderTickBar"] {{ display: none; }}
.st-key-map-film button {{ min-height: 34px; padding: 0 6px; }}
.st-key-map-film button p {{ font-size: {t.SIZE_NOTE}px; color: {t.ACCENT}; white-space: nowrap; }}
.film-position {{ height: 36px; padding: 0 8px 0 10px; color: {t.ACCENT};
  font-size: {t.SIZE_NOTE}px; font-weight: 500; line-height: 20px; }}
.film-position progress {{ display: block; width: 100%; height: 4px; appearance: none; border: 0;
  background: {t.LINE}; }}
.film-position progress::-webkit-progress-bar {{ background: {t.LINE}; }}
.film-position progress::-webkit-progress-value {{ background: {t.ACCENT}; }}
.film-position progress::-moz-progress-bar {{ background: {t.ACCENT}; }}
/* Who has asked for less motion moves the months by hand. */
@media (prefers-reduced-motion: reduce) {{ .st-key-map-film {{ display: none; }} }}
.st-key-map-compare [role="group"] {{ min-height: 34px; height: 34px; }}
.st-key-map-compare input {{ font-size: {t.SIZE_NOTE}px; }}
.st-key-map-one button {{ min-height: 34px; padding: 0 12px; }}
.st-key-map-one button p {{ font-size: {t.SIZE_NOTE}px; white-space: nowrap; }}
@media screen and (max-width: 1599px) {{
  [data-testid="stHorizontalBlock"]:has(> * > * > * > .st-key-panel-changes) {{ flex-wrap: wrap; }}
  [data-testid="stColumn"]:has([class*="st-key-panel-side-"]) {{
    flex: 1 1 calc(50% - 9px) !important; min-width: min(560px, 100%); }}
  [data-testid="stColumn"]:has(.st-key-panel-changes) {{ flex: 1 1 100% !important; }}
}}
@media screen and (max-width: 767px) {{
  .st-key-map-months, .st-key-map-earlier, .st-key-map-later {{ height: auto; margin: 0;
    flex-wrap: wrap !important; position: sticky; left: 0; }}
  [class*="st-key-map-slider"] {{ flex: 1 1 70%; height: 44px;
    padding-top: 14px; }}
  [class*="st-key-panel-"] .st-key-changes-figure {{ min-width: 0 !important; }}
  .st-key-changes-figure .xtick {{ display: none; }}
  .st-key-map {{ margin-bottom: calc(-2 * {_EMPTY}); }}
  .st-key-map > * {{ margin-top: calc(-2 * {_EMPTY}); }}
  .st-key-map .geolayer {{ translate: 0 {_EMPTY}; }}
  /* What dark means and what the marks mean stand in two lines: they do not fit into one. */
  :is(.st-key-map, [class*="st-key-side-map"]) .annotation:has(tspan[style*="fill"]) {{
    translate: 0 5px; }}
  :is(.st-key-map, [class*="st-key-side-map"])
    .annotation:has(+ .annotation tspan[style*="fill"]) {{ translate: 0 -9px; }}
  [data-testid="stColumn"]:has(.st-key-panel-changes) {{ order: -1; }}
}}
@media print {{
  .st-key-map-months, .st-key-map-earlier, .st-key-map-later {{ display: none; }} }}
"""
