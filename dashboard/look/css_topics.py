"""The constant style of the topic pages' cards and lists."""

from __future__ import annotations

from dashboard import theme as t

PITCH = 33  # pixels of a list's row of one line
COMPACT_ROW = 23  # and where rows stand as close as may be

# The classes of a map where the lowest value needs attention most, as in `exports.look`.
SWATCHES = "\n".join(
    f".st-key-panel-group-matrix .swatch-rev-{n} {{ background: {fill}; color: {ink}; }}"
    for n, (fill, ink) in enumerate(zip(t.SEQUENTIAL[::-1], t.SEQUENTIAL_INK[::-1], strict=True))
)

# Panels that have a row to themselves on a laptop; beside a ranking there is no room for a third.
ALONE = ":is(.st-key-panel-resettled, .st-key-panel-counts, .st-key-panel-ages)"
# Devices in one column of institutions stand beside the map, in more they need the row.
DEVICES = ":is(.st-key-grid-2, .st-key-grid-3)"
THIRD = '[data-testid="stHorizontalBlock"]:has(.st-key-panel-ranking)'

TOPIC_CSS = f"""
.strips {{ display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr);
  gap: {t.GAP}px; }}
.strip-card {{ box-sizing: border-box; height: 112px; padding: 9px 16px 8px;
  background: {t.CARD}; border: 1px solid {t.LINE}; border-radius: {t.RADIUS}px;
  break-inside: avoid; }}
.strip-card:hover {{ border-color: {t.AXIS}; }}
.strip {{ display: flex; flex-wrap: wrap; justify-content: space-between;
  align-content: space-evenly; height: 93px; }}
.strip-label {{ font-size: {t.SIZE_LABEL}px; font-weight: 700; line-height: 26px;
  color: {t.TEXT_1}; white-space: nowrap; }}
.strip-value {{ font-size: 44px; font-weight: 700; line-height: 44px; color: {t.TEXT_1};
  letter-spacing: -0.5px; }}
.strip-long {{ font-size: 32px; }}
/* A long name may reach over the column of the short lines below it. */
.strip > div:first-child {{ flex: 1 1 0; min-width: 0; white-space: nowrap; }}
.strip-unit {{ font-size: 22px; font-weight: 700; color: {t.TEXT_1}; margin-left: 4px; }}
.strip-side {{ text-align: right; font-size: {t.SIZE_BODY}px; line-height: 22px;
  color: {t.TEXT_1}; white-space: nowrap; }}
.strip-corner {{ font-size: {t.SIZE_NOTE}px; line-height: 26px; }}
.strip-foot {{ flex: 1 1 100%; display: flex; justify-content: space-between; gap: 8px;
  font-size: {t.SIZE_NOTE}px; line-height: 22px; white-space: nowrap; }}
.strip-foot .card-verdict {{ margin-left: 12px; }}
.grid-box {{ overflow: auto; scrollbar-width: thin; }}
.grid-box:focus-visible {{ outline: 2px solid {t.ACCENT}; outline-offset: 2px; }}
/* In a panel of fixed height the list gives way, so that the panel itself never scrolls. */
[class*="st-key-panel-"] > [data-testid="stElementContainer"]:has(> .stHtml > .grid-box),
[class*="st-key-panel-"] > * > .stHtml:has(> .grid-box) {{ display: flex;
  flex-direction: column; flex: 0 1 auto; min-height: 0; }}
[class*="st-key-panel-"] > * > .stHtml > .grid-box {{ flex: 0 1 auto; min-height: 0; }}
/* It ends below a whole row; the head has 34 pixels where its words have one line. */
[class*="st-key-panel-"] > * > .stHtml > .grid-box:not(:has(.compact)) {{ --head: 34px;
  max-height: calc(var(--head) + round(down, 100% - var(--head), var(--pitch))); }}
table.grid {{ border-collapse: collapse; width: 100%; font-size: {t.SIZE_BODY}px; margin: 0; }}
table.grid th {{ position: sticky; top: 0; background: {t.CARD}; font-size: {t.SIZE_NOTE}px;
  font-weight: 400; color: {t.TEXT_3}; text-align: left; padding: 2px 8px 6px 0;
  border: none; box-shadow: inset 0 -1px 0 {t.AXIS}; white-space: nowrap; }}
table.grid td {{ padding: 0 8px 0 0; height: var(--pitch); color: {t.TEXT_1}; border: none;
  border-bottom: 1px solid {t.GRID}; white-space: nowrap; }}
table.grid.compact td {{ height: {COMPACT_ROW}px; font-size: {t.SIZE_NOTE}px; line-height: 20px; }}
table.grid .num {{ text-align: right; }}
table.grid .num + :not(.num) {{ padding-left: 22px; }}
table.grid td.strong {{ font-weight: 700; max-width: 280px; overflow: hidden;
  text-overflow: ellipsis; }}
table.grid td.worse {{ color: {t.WORSE}; }}
[class*="st-key-head-"] > div:first-child {{ min-width: 0; }}
/* A note without room beside its title stands below it, in the gap above the chart. */
@media (min-width: 768px) {{
  .head {{ display: flex; flex-wrap: wrap; align-items: baseline; height: 32px; }}
  .head > * {{ white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 100%; }}
  .panel-note {{ line-height: 20px; }}
}}
[class*="st-key-panel-"] > [data-testid="stElementContainer"]:has(> .stHtml > .heat),
[class*="st-key-panel-"] > * > .stHtml:has(> .heat) {{ display: flex; flex-direction: column;
  flex: 0 1 auto; min-height: 0; }}
.st-key-panel-away table.grid td.strong {{ max-width: 236px; }}
.st-key-panel-away table.grid:not(.compact) td.strong {{ white-space: normal; line-height: 20px; }}
.st-key-panel-away table.grid td:last-child {{ white-space: normal; line-height: 22px; }}
/* It ends below a whole row: the head has 34 pixels, a row 30. */
.ref-box.heat {{ flex: 0 1 auto; min-height: 0; overflow: auto; scrollbar-width: thin;
  max-height: calc(34px + round(down, 100% - 34px, 30px)); }}
.ref-box.heat:focus-visible {{ outline: 2px solid {t.ACCENT}; outline-offset: 2px; }}
table.heat {{ border-collapse: separate; border-spacing: 2px; width: 100%; margin: 0;
  table-layout: fixed; min-width: 1230px;
  font-size: {t.SIZE_BODY}px; }}
table.heat th {{ font-size: {t.SIZE_NOTE}px; font-weight: 400; color: {t.TEXT_3};
  text-align: left; padding: 0 10px 6px 0; border: none; white-space: nowrap;
  line-height: 24px; background: {t.CARD}; }}
table.heat thead th {{ position: sticky; top: 0; }}
table.heat thead th:first-child {{ width: 168px; }}
table.heat tbody th {{ font-size: {t.SIZE_BODY}px; color: {t.TEXT_1}; padding: 0 8px 0 0;
  line-height: 28px;
  position: sticky; left: 0; }}
table.heat td {{ height: 28px; line-height: 28px; padding: 0 10px; border: none; color: {t.TEXT_1};
  white-space: nowrap; }}
table.heat .num {{ text-align: right; }}
table.heat .mk-worse {{ display: inline-block; width: 10px; height: 10px; margin-right: 10px;
  background: {t.WORSE}; transform: rotate(45deg); outline: 1.5px solid {t.CARD}; }}
table.heat td.none {{ color: {t.TEXT_3}; }}
.st-key-panel-group-matrix .classes {{ display: inline-flex; flex-wrap: wrap; }}
.st-key-panel-group-matrix .classes span {{ font-size: {t.SIZE_NOTE}px; line-height: 26px;
  padding: 0 12px; }}
{SWATCHES}
@media screen and (max-width: 1600px) {{
  .grid-box {{ --pitch: {PITCH}px !important; }}
  [data-testid="stColumn"]:has([class*="st-key-panel-"]) {{ flex: 1 1 calc(50% - 9px) !important;
    min-width: min(560px, 100%); }}
  [data-testid="stColumn"]:has(.st-key-panel-clinics),
  [data-testid="stColumn"]:has(.st-key-panel-group-trends),
  [data-testid="stColumn"]:has(.st-key-panel-counts),
  [data-testid="stColumn"]:has(.st-key-panel-ages),
  [data-testid="stColumn"]:has({DEVICES}) {{ flex-basis: 100% !important; }}
  /* Alone in its row a panel needs no more than its own height. */
  {ALONE}, [data-testid="stLayoutWrapper"]:has(> {ALONE}), .st-key-panel-grid:has({DEVICES}),
  [data-testid="stLayoutWrapper"]:has(> .st-key-panel-grid {DEVICES}), {THIRD} .st-key-panel-away,
  {THIRD} [data-testid="stLayoutWrapper"]:has(> .st-key-panel-away) {{
    height: auto !important; flex-basis: auto !important; }}
  :is({ALONE}, {THIRD} .st-key-panel-away) .grid-box {{ height: auto !important;
    max-height: {34 + 14 * PITCH}px; }}
}}
@media screen and (max-width: 1199px) {{
  .strips {{ grid: auto / repeat(auto-fit, minmax(min(400px, 100%), 1fr)); }}
  /* Narrower than this the heads of the devices would stand on each other. */
  .st-key-panel-grid [data-testid="stElementContainer"] {{ overflow-x: auto; overflow-y: hidden; }}
  {DEVICES} > * {{ min-width: 1040px; }}
}}
/* Four cards stay one glance on a laptop. */
@media screen and (min-width: 1200px) and (max-width: 1600px) {{
  .strip-card {{ padding: 9px 12px 8px; }}
  .strip-label {{ font-size: {t.SIZE_BODY}px; }}
  .strip-value {{ font-size: 38px; }}
  .strip-value.strip-long, .strip-pair .strip-value {{ font-size: 22px; }}
  .strip-unit {{ font-size: {t.SIZE_LABEL}px; }}
  .strip-side {{ font-size: {t.SIZE_NOTE}px; }}
  .strip-foot span:has(+ .card-verdict) {{ display: none; }}
  .strip-foot .card-verdict {{ margin-left: 0; }}
}}
/* On a phone: the newest weeks first, names and figures before the parts of bars, and of what is
   overdue or lacking who acts. */
@media screen and (max-width: 767px) {{
  :is(.st-key-burn-up, .st-key-policy, [class*="st-key-chart-"]) {{ direction: rtl; }}
  :is(.st-key-stack, .st-key-cascade) > * {{ min-width: 0 !important; }}
  [class*="st-key-stack"] .bartext {{ display: none; }}
  [data-testid="stApp"] :is(.st-key-group-trends, .st-key-grid-3) > * {{
    min-width: 1000px !important; }}
  /* Names and what each lacks are in sight together. */
  .st-key-grid-1 > * {{ min-width: 440px !important; }}
  .st-key-grid-2 > * {{ min-width: 860px !important; }}
  [data-testid="stApp"] :is(.st-key-panel-overdue, .st-key-panel-away) table.grid {{
    width: 100%; }}
  :is(.st-key-panel-overdue, .st-key-panel-away) table.grid td:last-child {{
    white-space: normal; line-height: 20px; }}
  .st-key-panel-overdue table.grid :is(td, th):is(:nth-child(2), :nth-child(3), :nth-child(4)),
  .st-key-panel-away table.grid :is(td, th):nth-child(4) {{ display: none; }}
  [data-testid="stApp"] table.ref.heat {{ min-width: 1160px; }}
  table.heat tbody th {{ font-size: {t.SIZE_NOTE}px; padding: 0; }}
}}
[class*="st-key-zones"] button {{ min-height: 28px; padding: 0 4px; }}
[data-testid="stMultiSelect"] span {{ font-size: {t.SIZE_NOTE}px; }}
[class*="st-key-zones"] button p {{ font-size: {t.SIZE_BODY}px; color: {t.TEXT_1}; }}
"""

# On the phone: what needs attention before where it lies, though the two are in two rows. Without
# `~`: that would have the browser look at the whole page again with every element that arrives.
RANKING_FIRST_CSS = (
    TOPIC_CSS
    + """
@media screen and (max-width: 767px) {
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] >
    :has(.st-key-panel-ranking) { order: -1; }
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] >
    :is(:has(.st-key-band), :has(.notice), :has(.strips)) { order: -2; }
}
"""
)
