"""The page as slides of a presentation: every slide its picture, with real text around it.

The title lies behind the picture, where the outline and a screen reader find it; the picture tells
in words what it shows; the notes hold the figures and where they come from. Nothing in the file
speaks of the machine or the moment: the same page gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Emu, Pt

from dashboard import formats
from dashboard.exports import indicators
from dashboard.exports.collect import Contents
from dashboard.exports.page_tree import Node, read
from dashboard.exports.rich_text import said
from dashboard.exports.slide import HEIGHT, draw
from dashboard.exports.slide_frame import (
    SIDE,
    WIDTH,
    claim_words,
    place_words,
    snapshot_words,
    source_words,
)
from dashboard.exports.slide_plan import Slide, plan
from dashboard.exports.slide_rows import Block
from dashboard.messages import t

PIXEL = 6350  # EMU: 1920 pixels are 13.333 inches
TITLE_ONLY = 5  # of the library's layouts
FONT = "微软雅黑"
LONGEST_SENTENCE = 200
TITLE_TOP, TITLE_HEIGHT, TITLE_SIZE = 56, 56, 20
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can tell
MACHINE_PARTS = (
    RELATIONSHIP_TYPE.THUMBNAIL,
    RELATIONSHIP_TYPE.PRINTER_SETTINGS,
    RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
)


def title_words(contents: Contents, slide: Slide) -> str:
    """Return the title of a slide as the outline shows it."""
    if slide.count == 1:
        return formats.visible(contents.title)
    parts = "、".join(dict.fromkeys(slide.titles))
    key = "export.slide_title" if parts else "export.slide_bare_title"
    numbers = {"number": slide.number, "count": slide.count}
    return formats.visible(t(key, title=contents.title, parts=parts, **numbers))


def _said_by(block: Block) -> Iterator[str]:
    """Yield the title of a block, and its sentences beside charts and tables."""
    note = said(block.note)
    yield f"{block.title}（{note}）" if block.title and note else block.title
    for item in block.items:
        if isinstance(item, Node) and item.first(tag="table") is None:
            yield said(item.words)[:LONGEST_SENTENCE]


def picture_words(contents: Contents, slide: Slide) -> str:
    """Return what the picture of a slide shows, for who cannot see it."""
    parts = [contents.title]
    if slide.is_first:
        parts += [claim_words(contents), *(read(card).words for card in contents.cards)]
    parts += [words for row in slide.rows for block in row.blocks for words in _said_by(block)]
    return formats.visible("；".join(part for part in parts if part))


def _notes(contents: Contents, slide: Slide) -> Iterator[str]:
    """Yield the lines of the notes: what, where and when, the figures, the sources."""
    yield title_words(contents, slide)
    claim = claim_words(contents)
    if slide.is_first and claim:
        yield f"{t('export.claim')}：{claim}"
    yield place_words(contents)
    found = list(indicators.sentences(contents.view))
    if found:
        yield f"{t('export.fraction')}："
        yield from found
    yield source_words(contents)
    yield snapshot_words(contents, has_map=slide.has_map)


def _without_machine_parts(part: Any, package: Any) -> None:
    """Drop what the library's blank file brings along from the machine it was made on."""
    for holder, relations in ((package, package._rels), (part, part.rels)):
        for key, relation in list(relations.items()):
            if relation.reltype in MACHINE_PARTS:
                holder.drop_rel(key)


def _blank(contents: Contents) -> Any:
    """Return an empty presentation of 16 to 9 that has one layout and names no machine."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(WIDTH * PIXEL), Emu(HEIGHT * PIXEL)
    layouts = deck.slide_layouts
    for layout in [found for n, found in enumerate(layouts) if n != TITLE_ONLY]:
        layouts.remove(layout)
    _without_machine_parts(deck.part, deck.part.package)
    view, known = contents.view, deck.core_properties
    day = dt.datetime.combine(view.data_date, dt.time(), tzinfo=dt.UTC)
    known.title = formats.visible(contents.title)
    known.subject = snapshot_words(contents, has_map=contents.has_map)
    known.author = known.last_modified_by = view.settings.product_name_zh
    known.comments, known.keywords, known.revision = source_words(contents), "", 1
    known.created = known.modified = day
    return deck


def _write_text(frame: Any, lines: Iterable[str], *, size: int) -> None:
    frame.text = "\n".join(formats.visible(line).replace("\n", " ") for line in lines)
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.name = Pt(size), FONT
            run.font.language_id = MSO_LANGUAGE_ID.SIMPLIFIED_CHINESE


def _add(deck: Any, contents: Contents, slide: Slide) -> None:
    """Add one slide: title, picture, notes."""
    page = deck.slides.add_slide(deck.slide_layouts[0])
    title = page.shapes.title
    title.name = t("export.title")
    title.left, title.top = Emu(int(SIDE) * PIXEL), Emu(TITLE_TOP * PIXEL)
    title.width, title.height = Emu((WIDTH - 2 * int(SIDE)) * PIXEL), Emu(TITLE_HEIGHT * PIXEL)
    _write_text(title.text_frame, [title_words(contents, slide)], size=TITLE_SIZE)
    whole = (0, 0, deck.slide_width, deck.slide_height)
    picture = page.shapes.add_picture(io.BytesIO(draw(contents, slide)), *whole)
    picture.name = t("export.slide_picture")
    picture._element.nvPicPr.cNvPr.set("descr", picture_words(contents, slide))
    _write_text(page.notes_slide.notes_text_frame, _notes(contents, slide), size=12)


def _timeless(packed: bytes) -> bytes:
    """Pack a zip file again with one time for all its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, EPOCH)
            # Pictures are compressed as they are.
            is_picture = name.endswith(".png")
            part.compress_type = zipfile.ZIP_STORED if is_picture else zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return out.getvalue()


def write_deck(pages: Iterable[tuple[Contents, Iterable[Slide]]]) -> bytes:
    """Write slides of pages as PPTX; the first page names the file's author and day."""
    deck: Any = None
    for contents, slides in pages:
        deck = deck or _blank(contents)
        for slide in slides:
            _add(deck, contents, slide)
    out = io.BytesIO()
    deck.save(out)
    return _timeless(out.getvalue())


def write_page(contents: Contents) -> bytes:
    """Write all slides of a page as PPTX."""
    return write_deck([(contents, plan(contents))])
