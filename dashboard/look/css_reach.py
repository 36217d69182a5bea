"""The constant style of what has the keyboard: one ring everywhere, never hidden."""

from __future__ import annotations

from dashboard import theme as t

RING = f"outline: 3px solid {t.ACCENT} !important; outline-offset: 2px !important;"

# Fields draw the ring around their frame: the text inside is narrower than what is used.
REACH_CSS = f"""
body :is(a, button, summary, [role="tab"], [role="slider"],
  [tabindex="0"]):focus-visible {{ {RING} }}
body :is([data-testid="stSelectbox"] [role="group"],
  [data-testid="stTextInputRootElement"]):has(input:focus-visible) {{ {RING} }}
[data-testid="stPopoverBody"] :is(a, button):focus-visible {{ {RING} outline-offset: -3px; }}
[class*="st-key-panel-"]:focus-visible {{ {RING} }}
:is([class*="st-key-card-"], [class*="st-key-point-"]):focus-within:has(:focus-visible) {{ {RING} }}
"""
