"""The constant style sheet of the pages; nothing from data ever enters it."""

from __future__ import annotations

from dashboard import theme as t
from dashboard.look.css_framework import FRAMEWORK_CSS
from dashboard.look.css_maps import MAPS_CSS
from dashboard.look.css_phone import PHONE_CSS
from dashboard.look.css_print import PRINT_CSS
from dashboard.look.css_reach import REACH_CSS
from dashboard.look.css_wall import WALL_CSS

_FRAME = f"""
button [data-testid="stMarkdownContainer"] p {{ font-size: {t.SIZE_NOTE}px; }}
[data-testid="stApp"], [data-testid="stHeader"] {{ font-variant-numeric: tabular-nums; }}
[data-testid="stMainBlockContainer"] {{ padding: 78px 36px 10px; max-width: none; }}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: {t.GAP}px; }}
[data-testid="stHeader"] {{ background: {t.CARD}; border-bottom: 1px solid {t.LINE};
  padding-left: 250px; padding-right: 150px; }}
[data-testid="stHeader"] a {{ border-radius: 0; background: none; height: 67px;
  padding: 0 4px; margin: 0 10px; border-bottom: 4px solid transparent; }}
[data-testid="stHeader"] a span, [data-testid="stHeader"] a p {{ font-size: 18px;
  color: {t.TEXT_2}; }}
/* Pages that find no room hide behind a button; the framework's word on it is English. */
.rc-overflow button, .rc-overflow button * {{ font-size: 0 !important; }}
.rc-overflow button::before {{ content: "更多"; font-size: 18px; color: {t.TEXT_2};
  white-space: nowrap; }}
[data-testid="stHeader"] a[aria-current="page"] {{ border-bottom-color: {t.ACCENT}; }}
[data-testid="stHeader"] a[aria-current="page"] span {{ color: {t.ACCENT}; font-weight: 700; }}
.brand {{ position: fixed; top: 0; left: 36px; height: 67px; z-index: 999999; display: flex;
  align-items: center; font-size: 20px; font-weight: 700; color: {t.TEXT_1}; }}
.brand::before {{ content: ""; width: 6px; height: 23px; background: {t.ACCENT};
  margin-right: 10px; }}
.demo-pill {{ position: fixed; top: 18px; right: 36px; z-index: 999999; font-size: 18px;
  line-height: 28px; padding: 0 10px; color: {t.WORSE}; border: 1px solid {t.WORSE};
  border-radius: 4px; background: {t.CARD}; }}
[data-testid="stLayoutWrapper"]:has(> * > [data-testid="stElementContainer"] .brand) {{
  position: absolute; }}
"""

_BAND = f"""
.st-key-band {{ min-height: 68px; }}
.st-key-band [data-testid="stVerticalBlock"] {{ gap: 0; }}
.headline {{ display: flex; align-items: baseline; flex-wrap: wrap; column-gap: 22px; }}
.title {{ font-size: {t.SIZE_TITLE}px; font-weight: 700; line-height: 42px; color: {t.TEXT_1}; }}
.claim {{ font-size: {t.SIZE_CLAIM}px; font-weight: 500; line-height: 30px; color: {t.TEXT_1}; }}
.st-key-crumbs {{ min-height: 26px; row-gap: 0; }}
.st-key-crumbs button {{ padding: 0; min-height: 26px; }}
.st-key-crumbs p, .crumb {{ font-size: {t.SIZE_NOTE}px; font-weight: 400 !important;
  line-height: 26px; color: {t.TEXT_2}; }}
.st-key-crumbs button:hover p {{ color: {t.ACCENT}; text-decoration: underline; }}
.crumb-sep {{ font-size: {t.SIZE_NOTE}px; color: {t.AXIS}; padding: 0 10px; }}
.st-key-band label p {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; line-height: 20px; }}
.st-key-band label {{ min-height: 20px; margin-bottom: 2px; }}
.st-key-meeting button {{ min-height: 44px; padding: 0 12px; }}
.st-key-meeting button p {{ font-size: {t.SIZE_NOTE}px; white-space: nowrap; }}
.notice {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_1}; background: {t.WORSE_TINT};
  border-left: 4px solid {t.WORSE}; padding: 6px 14px; }}
.footer {{ display: flex; justify-content: space-between; flex-wrap: wrap; column-gap: 36px;
  font-size: {t.SIZE_NOTE}px; line-height: 24px; color: {t.TEXT_3};
  border-top: 1px solid {t.LINE}; padding-top: 6px; }}
"""

_PANEL = f"""
[class*="st-key-panel-"], [class*="st-key-card-"] {{ background: {t.CARD};
  border: 1px solid {t.LINE}; border-radius: {t.RADIUS}px; padding: 16px {t.PADDING}px; }}
[class*="st-key-panel-"] {{ position: relative; }}
[class*="st-key-head-"] {{ flex-wrap: nowrap; justify-content: space-between; }}
.head {{ min-height: 32px; }}
/* A panel's twin stands beside the title, as wide as its word and mark. */
.head.beside {{ margin-right: 104.6px; }}
[class*="st-key-panel-"] > [class*="st-key-twin-"] {{ position: absolute; top: 16.4px;
  right: {t.PADDING}px; }}
.panel-title {{ font-size: {t.SIZE_CARD_TITLE}px; font-weight: 700; color: {t.TEXT_1};
  line-height: 32px; margin-right: 14px; }}
.panel-note {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; }}
.state {{ font-size: {t.SIZE_BODY}px; line-height: 28px; color: {t.TEXT_2}; padding: 12px 0; }}
[class*="st-key-twin-"] button {{ min-height: 32px; padding: 0 4px; }}
[class*="st-key-twin-"] button p {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; }}
[data-testid="stPlotlyChart"] svg {{ overflow: visible; }}
.note {{ font-size: {t.SIZE_NOTE}px; line-height: 24px; color: {t.TEXT_3}; }}
/* A list that goes on has a shadow at its foot; the last row brings along what covers it. */
:is(.grid-box, .ref-box):not(.meeting) {{ background:
  linear-gradient({t.CARD}, {t.CARD}) bottom / 100% 14px no-repeat local,
  linear-gradient(to top, {t.LINE}, transparent) bottom / 100% 12px no-repeat scroll; }}
"""

_CARDS = f"""
[class*="st-key-card-"] {{ position: relative; padding: 14px 16px 12px; height: 100%; }}
.st-key-cards [data-testid="stColumn"] {{ display: flex; }}
.st-key-cards [data-testid="stColumn"] > [data-testid="stVerticalBlock"] {{ flex: 1; }}
[class*="st-key-card-on-"]::before {{ content: ""; position: absolute; top: -1px; left: -1px;
  right: -1px; height: 4px; background: {t.ACCENT}; border-radius: 6px 6px 0 0; }}
[class*="st-key-card-"]:hover {{ border-color: {t.AXIS}; }}
[class*="st-key-choose-"] {{ position: absolute; inset: 0; margin: 0; }}
[class*="st-key-choose-"] * {{ width: 100%; height: 100%; }}
[class*="st-key-choose-"] button {{ opacity: 0; }}
[class*="st-key-card-"]:focus-within {{ outline: 2px solid {t.ACCENT}; }}
.card {{ font-size: {t.SIZE_BODY}px; line-height: 27px; color: {t.TEXT_1}; }}
.card hr {{ border: 0; border-top: 1px solid {t.GRID}; margin: 7px 0; }}
.card-row {{ display: flex; justify-content: space-between; align-items: baseline;
  column-gap: 8px; white-space: nowrap; }}
.card-middle {{ align-items: center; height: 62px; }}
.spark {{ flex: 0 1 auto; min-width: 0; height: 46px; }}
.card-low {{ font-size: {t.SIZE_NOTE}px; line-height: 24px; }}
.card-label {{ font-size: {t.SIZE_BODY}px; font-weight: 700; }}
.card-side {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; }}
.card-value {{ font-size: {t.SIZE_VALUE}px; font-weight: 700; line-height: 62px;
  letter-spacing: -0.5px; }}
.card-unit {{ font-size: {t.SIZE_UNIT}px; font-weight: 700; margin-left: 4px; }}
.card-fraction {{ color: {t.TEXT_2}; }}
.card-verdict, .card-distance {{ font-weight: 700; color: {t.TEXT_2}; }}
.card-distance .mark {{ margin-right: 5px; vertical-align: -2px; }}
.good {{ color: {t.BETTER}; }}
.bad {{ color: {t.WORSE}; }}
.card-absent {{ min-height: 177px; padding-top: 24px; color: {t.TEXT_2}; }}
.st-key-profile-link a {{ padding: 0; min-height: 32px; }}
.st-key-profile-link p {{ font-size: {t.SIZE_NOTE}px; color: {t.ACCENT}; white-space: nowrap; }}
.points {{ display: flex; flex-direction: column; }}
.point {{ display: grid; grid-template-columns: 32px 1fr; padding: 7px 0;
  border-bottom: 1px solid {t.GRID}; }}
.points > .point:last-child {{ border-bottom: 0; }}
/* A point that leads somewhere is a link as a whole. */
.st-key-points > :last-child .point {{ border-bottom: 0; }}
[class*="st-key-point-"] {{ position: relative; }}
[class*="st-key-point-"]:hover:has(a) .point-title {{ color: {t.ACCENT}; }}
[class*="st-key-point-"] > :has(> [data-testid="stPageLink"]) {{ position: absolute; inset: 0;
  width: auto; margin: 0; }}
[class*="st-key-point-"] :is([data-testid="stPageLink"], [data-testid="stPageLink"] *) {{
  width: 100%; height: 100%; margin: 0; opacity: 0; font-size: {t.SIZE_NOTE}px; }}
.point .mark {{ margin-top: 7px; }}
.point-title {{ font-size: {t.SIZE_LABEL}px; font-weight: 700; line-height: 30px;
  text-wrap: balance; }}
.point-text {{ font-size: {t.SIZE_BODY}px; line-height: 26px; color: {t.TEXT_2}; }}
.pairs {{ display: flex; flex-direction: column; row-gap: 1px; }}
.st-key-panel-profile .point {{ padding: 6px 0; }}
.pair {{ display: grid; grid-template-columns: 130px 1fr; align-items: baseline;
  font-size: {t.SIZE_BODY}px; line-height: 28px; }}
.pair-wide {{ grid-template-columns: 1fr auto 150px; column-gap: 16px;
  border-bottom: 1px solid {t.GRID}; padding: 4px 0; }}
.pair-name {{ color: {t.TEXT_2}; }}
.pair-value {{ font-weight: 700; color: {t.TEXT_1}; white-space: nowrap; }}
.pair-value.bad {{ color: {t.WORSE}; }}
.pair-side {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; text-align: right; }}
.st-key-zones {{ row-gap: 0; }}
.st-key-zones button {{ min-height: 28px; padding: 0 4px; }}
.st-key-zones button p, .zone {{ font-size: {t.SIZE_NOTE}px; font-weight: 500; color: {t.TEXT_1}; }}
.st-key-pick-indicator button {{ min-height: 36px; padding: 0 2px; }}
.st-key-pick-indicator button p {{ font-size: {t.SIZE_NOTE}px; white-space: nowrap; }}
@media screen and (max-width: 1599px) {{
  [data-testid="stHeader"] {{ padding-left: 236px; padding-right: 138px; }}
  [data-testid="stHeader"] a {{ margin: 0 4px; }}
  .crumb-sep {{ padding: 0 3px; }}
  .headline {{ column-gap: 16px; }}
  .title {{ font-size: {t.SIZE_UNIT}px; }}
  .claim {{ font-size: {t.SIZE_NOTE}px; }}
  .st-key-band [data-testid="stColumn"]:nth-child(1) {{ flex: 1 1 0; }}
  .st-key-band [data-testid="stColumn"]:nth-child(2) {{ flex: 0 0 556px; min-width: 0; }}
  .st-key-cards [data-testid="stHorizontalBlock"],
  .st-key-main-row [data-testid="stHorizontalBlock"] {{ flex-wrap: wrap; }}
  .st-key-cards [data-testid="stColumn"] {{ flex: 1 1 calc(33% - {t.GAP}px); min-width: 300px; }}
  .st-key-main-row [data-testid="stColumn"]:nth-child(1) {{ flex: 5 1 400px; }}
  .st-key-main-row [data-testid="stColumn"]:nth-child(2) {{ flex: 7 1 560px; }}
  .st-key-main-row [data-testid="stColumn"]:nth-child(3) {{ flex: 1 1 100%; }}
  [data-testid="stMain"] [data-testid="stColumn"]:has(.st-key-panel-spine),
  [data-testid="stMain"] [data-testid="stColumn"]:has(.st-key-panel-townships),
  [data-testid="stMain"] [data-testid="stColumn"]:has(.st-key-panel-clinic-list) {{
    flex-basis: 100% !important; }}
}}
/* Breadcrumb and dates on one line above title and pickers, whose values speak for themselves. */
@media screen and (min-width: 1200px) and (max-width: 1599px) {{
  .st-key-band [data-testid="stColumn"]:nth-child(1) {{ min-width: 0; }}
  .st-key-crumbs {{ flex-wrap: nowrap; width: max-content; white-space: nowrap;
    margin-bottom: 6px; }}
  .st-key-pickers [data-testid="stWidgetLabel"] {{ display: none; }}
  .st-key-pickers {{ flex-wrap: nowrap; gap: 8px; }}
  .st-key-pick-area {{ flex: 0 0 218px !important; }}
  .st-key-pick-month {{ flex: 0 0 146px !important; }}
}}
"""

_NARROW = """
@media screen and (max-width: 1339px) {
  [data-testid="stHeader"] a { padding: 0 2px; margin: 0 2px; }
  [data-testid="stHeader"] a span, [data-testid="stHeader"] a p { font-size: 16px; }
}
"""

# Of meetings alone.
MEETING_CSS = f"""
[data-testid="stHeader"], [data-testid="stToolbar"] {{ display: none; }}
[data-testid="stMainBlockContainer"] {{ padding: 14px 36px 8px; height: 100vh; overflow: hidden; }}
[data-testid="stMain"] {{ overflow: hidden; }}
.brand {{ display: none; }}
/* A page that is not complete is not shown: the cover goes when the footer has come. */
.wait {{ position: fixed; inset: 0; z-index: 9999999; display: none; align-items: center;
  justify-content: center; background: {t.PAGE}; color: {t.TEXT_1};
  font-size: {t.SIZE_TITLE}px; font-weight: 700; }}
[data-testid="stApp"]:not(:has(.complete)) .wait,
[data-testid="stApp"]:has([data-testid="stSkeleton"]) .wait,
[data-testid="stApp"]:has([data-testid="stException"]) .wait {{ display: flex; }}
"""

# Of every page: sent with the framework's HTML page, and not again with each page run.
_SCREENS = FRAMEWORK_CSS + REACH_CSS + MAPS_CSS + _NARROW + PHONE_CSS
PAGE_CSS = _FRAME + _BAND + _PANEL + _CARDS + _SCREENS + WALL_CSS + PRINT_CSS
