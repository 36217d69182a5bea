"""The constant style of walls and very wide screens: the page keeps its measure in their middle.

Larger text is the browser's own zoom, which the last line then asks for: charts measure their card
in pixels of the window, so that a zoom or a transform of ours would draw them too large.
"""

from __future__ import annotations

from dashboard import theme as t
from dashboard.messages import t as message

# Wider than this a line of cards is no longer one glance.
WIDEST = 2560
# From this window on, text of the common size is too small for the back of the room.
LARGE_WIDTH, LARGE_HEIGHT = 2880, 1560
_SIDE = f"(100vw - {WIDEST}px) / 2"

WALL_CSS = f"""
@media screen and (min-width: {WIDEST + 80}px) {{
  [data-testid="stMainBlockContainer"] {{ max-width: {WIDEST}px; margin: 0 auto; }}
  .brand {{ left: calc({_SIDE} + 36px); }}
  [data-testid="stHeader"] {{ padding-left: calc({_SIDE} + 250px); }}
  .demo-pill {{ right: calc({_SIDE} + 36px); }}
}}
@media screen and (min-width: {LARGE_WIDTH}px) and (min-height: {LARGE_HEIGHT}px) {{
  .footer::after {{ content: "{message("frame.wall")}"; flex: 1 1 100%; font-size: {t.SIZE_UNIT}px;
    line-height: 44px; color: {t.TEXT_2}; }}
}}
"""
