"""What stands below the definitions: what changed in them, and the terms of the field."""

from __future__ import annotations

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message
from dashboard.look import grids
from dashboard.look.markup import div, el
from dashboard.messages import t
from dashboard.queries import definitions as queries
from dashboard.view import View
from pipeline.catalog.glossary import glossary


@block
def changes_panel(view: View) -> None:
    """List which definitions changed, when and how, the newest first."""
    found = queries.changes(view.catalogue.indicators.values())
    with panel(
        "definition-changes",
        title=t("definitions.changes"),
        note=t("definitions.changes_note", n=len(found)) if found else "",
    ):
        if not found:
            state_message("definitions.no_changes")
            return
        names = ("change_day", "change_of", "change_text")
        rows = [
            grids.row(
                (
                    grids.cell(formats.day(day), cls="line"),
                    grids.cell("、".join(of)),
                    grids.cell(text, cls="quiet"),
                )
            )
            for day, text, of in found
        ]
        heads = [grids.head(*(t(f"definitions.{name}") for name in names))]
        draw(grids.grid(heads, rows, label=t("definitions.changes"), cls="files"))


@block
def glossary_panel() -> None:
    """Draw the terms of the field and what they mean."""
    terms = glossary()
    with panel(
        "glossary",
        title=t("definitions.glossary"),
        note=t("definitions.glossary_note", n=len(terms)),
    ):
        draw(div([div(el("b", term.zh), term.meaning_zh) for term in terms], cls="terms"))
