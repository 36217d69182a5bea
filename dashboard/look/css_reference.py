"""The constant style of the pages on published figures, data quality and definitions."""

from __future__ import annotations

from dashboard import theme as t
from dashboard.messages import t as words

_TABLE = f"""
.ref-box {{ overflow: auto; scrollbar-width: thin; contain: inline-size; }}
.ref-box:focus-visible {{ outline: 2px solid {t.ACCENT}; outline-offset: 2px; }}
table.ref {{ border-collapse: collapse; width: 100%; font-size: {t.SIZE_BODY}px; margin: 0; }}
table.ref th, table.ref td {{ border: none; text-align: left; vertical-align: top; }}
table.ref thead th {{ position: sticky; top: 0; z-index: 1; background: {t.CARD};
  font-size: {t.SIZE_NOTE}px; font-weight: 400; line-height: 22px; color: {t.TEXT_3};
  padding: 2px 16px 6px 0; box-shadow: inset 0 -1px 0 {t.AXIS}; white-space: nowrap; }}
table.ref tbody td {{ padding: 6px 16px 6px 0; line-height: 26px; color: {t.TEXT_1};
  border-bottom: 1px solid {t.GRID}; }}
table.ref tbody th {{ padding: 6px 16px 6px 0; font-weight: 400; line-height: 26px;
  color: {t.TEXT_1}; border-bottom: 1px solid {t.GRID}; white-space: nowrap; }}
table.ref tr.group th {{ font-weight: 700; padding-top: 14px; border-bottom: 1px solid {t.AXIS}; }}
table.ref tr.sum td, table.ref tr.sum th {{ font-weight: 700; border-bottom: none; }}
table.ref thead th.num, table.ref tbody td.num {{ text-align: right; white-space: nowrap; }}
table.ref td.line {{ white-space: nowrap; }}
table.ref td.strong {{ font-weight: 700; }}
table.ref td.quiet {{ color: {t.TEXT_2}; }}
table.ref th.start, table.ref td.start {{ padding-left: 26px; }}
table.ref thead th.over {{ position: static; color: {t.TEXT_1}; text-align: center;
  box-shadow: none; padding-bottom: 2px; }}
table.ref small {{ font-size: {t.SIZE_NOTE}px; line-height: 24px; color: {t.TEXT_3};
  display: block; font-weight: 400; }}
.ref-box a {{ color: {t.ACCENT}; }}
"""

_MARKS = f"""
.mk {{ display: inline-block; width: 13px; height: 13px; margin: 0 8px 0 1px;
  vertical-align: -1px; border: 2px solid {t.ACCENT}; border-radius: 50%; }}
.mk-match {{ background: {t.ACCENT}; }}
.mk-explained {{ background: linear-gradient(90deg, {t.ACCENT} 50%, {t.CARD} 50%); }}
.mk-unexplained {{ border-color: {t.TEXT_1}; background: {t.TEXT_1}; border-radius: 0;
  width: 11px; height: 11px; transform: rotate(45deg); margin-left: 2px; }}
.mk-not_computable {{ border-color: {t.AXIS}; background: {t.CARD}; }}
"""

# Columns: verdict, place, what, printed, its time, ours, reason, source.
_PUBLISHED = f"""
.ref-box.facts {{ height: calc(100vh - 562px); min-height: 420px; }}
.ref-box.facts.meeting {{ height: calc(100vh - 414px); }}
table.facts {{ min-width: 1180px; }}
table.facts td:nth-child(1), table.facts td:nth-child(4), table.facts td:nth-child(6) {{
  white-space: nowrap; }}
table.facts td:nth-child(4), table.facts td:nth-child(6) {{ font-weight: 700; }}
table.ref.facts td:nth-child(5), table.ref.facts td:nth-child(n + 7) {{ color: {t.TEXT_2}; }}
table.facts td:nth-child(2) {{ min-width: 76px; }}
table.facts td:nth-child(3) {{ min-width: 150px; }}
table.facts td:nth-child(5) {{ min-width: 140px; }}
table.facts td:nth-child(7) {{ width: 23%; min-width: 210px; }}
table.ref.facts td:nth-child(8) {{ width: 21%; min-width: 210px; font-size: {t.SIZE_NOTE}px;
  line-height: 24px; }}
/* A small meeting screen has its width for reasons: the line above each part says its verdict,
   the page and the slides say the source. */
@media screen and (min-width: 768px) and (max-width: 1600px) {{
  table.facts.meeting tr > :nth-child(1):nth-last-child(8) {{ display: none; }}
  table.facts.meeting td:nth-child(7) {{ width: 38%; }}
  table.facts.meeting :is(th, td):nth-child(8) {{ display: none; }}
}}
"""

# On a phone a fact is a few lines: verdict and place, what, printed beside ours, reason, source.
_PUBLISHED_PHONE = f"""
@media screen and (max-width: 767px) {{
  [data-testid="stApp"] table.ref.facts {{ min-width: 0; }}
  table.facts thead, table.facts td:nth-child(5) {{ display: none; }}
  table.facts tbody tr {{ display: grid; grid-template-columns: 1fr 1fr; padding: 8px 0;
    border-bottom: 1px solid {t.GRID}; }}
  table.ref.facts tbody :is(td, th) {{ border: none; padding: 0; min-width: 0; width: auto;
    position: static; }}
  table.facts :is(th, td:nth-child(3), td:nth-child(n + 7)) {{ grid-column: 1 / -1; }}
  [data-testid="stApp"] table.ref.facts td:nth-child(n + 7) {{ width: auto; min-width: 0; }}
  table.facts :is(td:nth-child(4), td:nth-child(6))::before {{ font-weight: 400;
    color: {t.TEXT_3}; padding-right: 6px; }}
  table.facts td:nth-child(4)::before {{ content: "{words("published.printed")}"; }}
  table.facts td:nth-child(6)::before {{ content: "{words("published.ours")}"; }}
}}
"""

# On a phone a change of definitions is its day, the names, and what was changed below them.
_CHANGES_PHONE = f"""
@media screen and (max-width: 767px) {{
  [data-testid="stApp"] .st-key-panel-definition-changes table.ref {{ min-width: 0; }}
  .st-key-panel-definition-changes .ref-box {{ max-height: none; }}
  .st-key-panel-definition-changes thead {{ display: none; }}
  .st-key-panel-definition-changes tbody tr {{ display: block; padding: 8px 0;
    border-bottom: 1px solid {t.GRID}; }}
  [data-testid="stApp"] .st-key-panel-definition-changes table.ref tbody td {{ display: block;
    position: static; border: none; padding: 0; min-width: 0; white-space: normal; }}
}}
"""

_QUALITY = f"""
table.ref.matrix {{ width: auto; min-width: 100%; border-collapse: separate;
  border-spacing: 2px; }}
table.ref.matrix thead th {{ text-align: center; vertical-align: bottom;
  padding: 2px 0 6px; white-space: normal; max-width: 88px; box-shadow: none;
  color: {t.TEXT_1}; }}
table.ref.matrix thead th:first-child {{ text-align: left; color: {t.TEXT_3}; }}
table.ref.matrix thead th:not(:first-child) {{ min-width: 58px; }}
table.ref.matrix tbody th {{ border: none; padding: 2px 4px 2px 0; vertical-align: middle; }}
table.ref.matrix tbody td {{ text-align: center; border: 1px solid {t.LINE};
  padding: 2px; line-height: 22px; min-width: 58px; height: 46px; vertical-align: middle; }}
table.ref.matrix .here {{ font-weight: 700; }}
table.ref.matrix .sub {{ font-size: {t.SIZE_NOTE}px; display: block; line-height: 20px; }}
.ref-box.matrix.tall {{ max-height: 620px; }}
table.ref.matrix:not(.tall) thead th {{ white-space: nowrap; max-width: none; }}
table.ref tbody td.grade-A {{ background: {t.CARD}; }}
table.ref tbody td.grade-B {{ background: {t.SEQUENTIAL[0]}; }}
table.ref tbody td.grade-C {{ background: {t.SEQUENTIAL[1]}; }}
table.ref tbody td.grade-D {{ background: {t.SEQUENTIAL[3]}; color: {t.CARD}; }}
table.ref tbody :is(td.grade-refused, td.grade-missing) {{ background: {t.SEQUENTIAL[4]};
  color: {t.CARD}; }}
table.ref tbody td.grade-none {{ border-color: {t.GRID}; color: {t.TEXT_3}; }}
.ref-box.files {{ max-height: 380px; }}
.ref-box.files.reasons {{ max-height: 500px; }}
.ref-box.files.meeting {{ max-height: 105px; overflow: hidden; }}
table.ref.files.meeting tbody td {{ font-size: {t.SIZE_NOTE}px; line-height: 24px;
  white-space: nowrap; }}
.ref-box.matrix.tall.meeting {{ max-height: 540px; overflow: hidden; }}
table.ref td.file {{ min-width: 190px; overflow-wrap: anywhere; }}
"""

_DEFINITIONS = f"""
dl.pairs {{ padding: 0; display: grid; grid-template-columns: 132px 1fr; margin: 0; }}
dl.pairs dt {{ font-size: {t.SIZE_BODY}px; line-height: 28px; font-weight: 400; color: {t.TEXT_3};
  padding: 6px 0; margin: 0; border-bottom: 1px solid {t.GRID}; }}
dl.pairs dd {{ font-size: {t.SIZE_BODY}px; line-height: 28px; color: {t.TEXT_1}; padding: 6px 0;
  margin: 0; border-bottom: 1px solid {t.GRID}; overflow-wrap: anywhere; }}
dl.pairs.wide {{ grid-template-columns: 210px 1fr; }}
.def-name {{ font-size: 26px; font-weight: 700; line-height: 38px; color: {t.TEXT_1}; }}
.def-subject {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; margin-left: 16px; }}
.pill {{ display: inline-block; font-size: {t.SIZE_NOTE}px; line-height: 24px; padding: 0 10px;
  border: 1px solid {t.AXIS}; border-radius: 4px; color: {t.TEXT_2}; margin-right: 10px; }}
.pill-verified {{ color: {t.CARD}; background: {t.ACCENT}; border-color: {t.ACCENT}; }}
.pill-second_hand {{ color: {t.ACCENT}; border-color: {t.ACCENT}; }}
.pill-from_memory {{ color: {t.TEXT_1}; border: 1px dashed {t.TEXT_1}; }}
.classes {{ display: inline-flex; flex-wrap: wrap; }}
.classes span {{ font-size: {t.SIZE_NOTE}px; line-height: 28px; padding: 0 12px; }}
.terms {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr));
  column-gap: 36px; }}
.terms div {{ padding: 8px 0; border-bottom: 1px solid {t.GRID}; font-size: {t.SIZE_BODY}px;
  line-height: 27px; color: {t.TEXT_2}; }}
.terms b {{ color: {t.TEXT_1}; font-weight: 700; display: block; }}
.st-key-panel-list [data-testid="stButtonGroup"] > div {{ gap: 8px; }}
.st-key-panel-list [data-testid="stRadio"] {{ width: 100%; }}
.st-key-panel-list [role="radiogroup"] {{ gap: 0; width: 100%; }}
.st-key-panel-list [role="radiogroup"] > div {{ width: 100%; border-left: 4px solid transparent;
  border-bottom: 1px solid {t.GRID}; }}
.st-key-panel-list [role="radiogroup"] > div[data-selected="true"] {{
  border-left-color: {t.ACCENT}; background: {t.SEQUENTIAL[0]}; }}
.st-key-panel-list [role="radiogroup"] > div:has(input:focus-visible) {{
  outline: 2px solid {t.ACCENT}; outline-offset: -2px; }}
.st-key-panel-list [data-testid="stRadioOption"] {{ width: 100%; margin: 0; padding: 6px 12px; }}
.st-key-panel-list [data-testid="stRadioOption"] > div > div:first-child {{ display: none; }}
.st-key-panel-list [data-testid="stRadioOption"] p {{ font-size: {t.SIZE_BODY}px;
  line-height: 28px; color: {t.TEXT_1}; }}
"""

# The topic pages halve their columns on a laptop; these pages keep a narrow and a wide one.
_LAPTOP = """
@media screen and (min-width: 641px) and (max-width: 1600px) {
  [data-testid="stColumn"]:has(.st-key-panel-matrix),
  [data-testid="stColumn"]:has(.st-key-panel-definition) {
    flex: 8 1 calc(66.67% - 18px) !important; min-width: 0; }
  [data-testid="stColumn"]:has(.st-key-panel-snapshot),
  [data-testid="stColumn"]:has(.st-key-panel-list) {
    flex: 4 1 calc(33.33% - 18px) !important; min-width: 0; }
  /* Ten counties have room beside the snapshot, more take the whole width. */
  [data-testid="stColumn"]:has(table.matrix tr > :nth-child(13)),
  [data-testid="stColumn"]:has(table.matrix tr > :nth-child(13)) +
  [data-testid="stColumn"]:has(.st-key-panel-snapshot),
  [data-testid="stColumn"]:has(.st-key-panel-accounts),
  [data-testid="stColumn"]:has(.st-key-panel-reasons) { flex: 1 1 100% !important; }
  .strips { grid: auto / auto-flow minmax(0, 1fr); }
}
"""

SWATCHES = "".join(
    f".{name}-{n} {{ background: {fill}; color: {ink}; }}\n"
    for name, polarity in (("swatch", "lower_is_better"), ("swatch-rev", "higher_is_better"))
    for n, (fill, ink) in enumerate(
        zip(t.class_colours(polarity), t.class_inks(polarity), strict=True)  # type: ignore[arg-type]
    )
)

REFERENCE_CSS = (
    _TABLE
    + _MARKS
    + _PUBLISHED
    + _PUBLISHED_PHONE
    + _CHANGES_PHONE
    + _QUALITY
    + _DEFINITIONS
    + _LAPTOP
    + SWATCHES
)
