"""The constant style sheet of the pages; nothing from data ever enters it."""

from __future__ import annotations

from dashboard import theme as t

_FRAME = f"""
[data-testid="stApp"], [data-testid="stHeader"] {{ font-variant-numeric: tabular-nums; }}
[data-testid="stMainBlockContainer"] {{ padding: 84px 36px 12px; max-width: none; }}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: {t.GAP}px; }}
[data-testid="stHeader"] {{ background: {t.CARD}; border-bottom: 1px solid {t.LINE};
  padding-left: 250px; padding-right: 150px; }}
[data-testid="stHeader"] [data-testid="stTopNavLink"] {{ border-radius: 0; background: none; }}
.brand {{ position: fixed; top: 0; left: 36px; height: 67px; z-index: 999999; display: flex;
  align-items: center; font-size: 20px; font-weight: 700; color: {t.TEXT_1}; }}
.brand::before {{ content: ""; width: 6px; height: 23px; background: {t.ACCENT};
  margin-right: 10px; }}
.demo-pill {{ position: fixed; top: 18px; right: 36px; z-index: 999999; font-size: 18px;
  line-height: 28px; padding: 0 10px; color: {t.WORSE}; border: 1px solid {t.WORSE};
  border-radius: 4px; background: {t.CARD}; }}
[class*="st-key-chrome"] {{ position: absolute; height: 0; }}
"""

_BAND = f"""
.st-key-band {{ min-height: 68px; }}
.st-key-band [data-testid="stVerticalBlock"] {{ gap: 0; }}
.headline {{ display: flex; align-items: baseline; flex-wrap: wrap; column-gap: 22px; }}
.title {{ font-size: {t.SIZE_TITLE}px; font-weight: 700; line-height: 42px; color: {t.TEXT_1}; }}
.claim {{ font-size: {t.SIZE_CLAIM}px; font-weight: 500; line-height: 30px; color: {t.TEXT_1}; }}
.st-key-crumbs {{ min-height: 26px; row-gap: 0; }}
.st-key-crumbs [data-testid="stPageLink"] a {{ padding: 0; min-height: 0; }}
.st-key-crumbs p, .crumb {{ font-size: {t.SIZE_NOTE}px; line-height: 26px; color: {t.TEXT_2}; }}
.st-key-crumbs a:hover p {{ color: {t.ACCENT}; text-decoration: underline; }}
.crumb-sep {{ font-size: {t.SIZE_NOTE}px; color: {t.AXIS}; padding: 0 10px; }}
.st-key-band label p {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; line-height: 20px; }}
.st-key-band label {{ min-height: 20px; margin-bottom: 2px; }}
.notice {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_1}; background: {t.WORSE_TINT};
  border-left: 4px solid {t.WORSE}; padding: 6px 14px; }}
.footer {{ display: flex; justify-content: space-between; flex-wrap: wrap; column-gap: 36px;
  font-size: {t.SIZE_NOTE}px; line-height: 24px; color: {t.TEXT_3};
  border-top: 1px solid {t.LINE}; padding-top: 6px; }}
"""

_PANEL = f"""
[class*="st-key-panel-"], [class*="st-key-card-"] {{ background: {t.CARD};
  border: 1px solid {t.LINE}; border-radius: {t.RADIUS}px; padding: 16px {t.PADDING}px; }}
[class*="st-key-head-"] {{ min-height: 32px; flex-wrap: nowrap; justify-content: space-between; }}
.panel-title {{ font-size: {t.SIZE_CARD_TITLE}px; font-weight: 700; color: {t.TEXT_1};
  line-height: 32px; margin-right: 14px; }}
.panel-note {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; }}
.state {{ font-size: {t.SIZE_BODY}px; line-height: 28px; color: {t.TEXT_2}; padding: 12px 0; }}
[class*="st-key-twin-"] button {{ min-height: 32px; padding: 0 4px; }}
[class*="st-key-twin-"] button p {{ font-size: {t.SIZE_NOTE}px; color: {t.TEXT_3}; }}
[data-testid="stPlotlyChart"] svg {{ overflow: visible; }}
.note {{ font-size: {t.SIZE_NOTE}px; line-height: 24px; color: {t.TEXT_3}; }}
"""

_MEETING = """
[data-testid="stHeader"], [data-testid="stToolbar"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 16px 36px 12px; height: 100vh; overflow: hidden; }
[data-testid="stMain"] { overflow: hidden; }
.brand { display: none; }
"""


def page_css(*, meeting: bool, sections: tuple[str, ...] = ()) -> str:
    """Return the style sheet; `sections` are further constant parts of single pages."""
    parts = [_FRAME, _BAND, _PANEL, *sections, _MEETING if meeting else ""]
    return f"<style>{''.join(parts)}</style>"
