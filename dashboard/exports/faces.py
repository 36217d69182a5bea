"""The fonts of the picture: the dashboard's own, unpacked once per process.

matplotlib reads no woff2; the committed subsets are unpacked into a temporary folder that goes
with the process.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

FOLDER = Path(__file__).parent.parent / "static" / "fonts"
REGULAR, BOLD, MARKS = (
    "NotoSansSC-Regular.subset.woff2",
    "NotoSansSC-Bold.subset.woff2",
    "NotoSansMath-Regular.marks.woff2",
)
BOLD_FROM = 600  # weights below are printed regular: the subset has two
# The fonts have no glyph for the wide space.
SPACES = str.maketrans({"\u3000": "    ", "\n": " ", "\t": " "})
MEASURED_AT = 100  # pixels; widths scale


@dataclass(frozen=True)
class Face:
    """One font file, ready to be drawn with and measured."""

    path: Path
    characters: frozenset[int]

    @property
    def properties(self) -> FontProperties:
        """Return what matplotlib finds the file by."""
        return FontProperties(fname=str(self.path))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="dashboard-fonts-")


@cache
def _face(name: str) -> Face:
    font = TTFont(FOLDER / name)
    font.flavor = None
    path = Path(_folder().name) / Path(name).with_suffix(".otf").name
    font.save(path)
    return Face(path, frozenset(font.getBestCmap()))


def face_of(character: str, *, weight: int) -> Face:
    """Return the font that has a character: the text font, else the one of the marks."""
    text = _face(BOLD if weight >= BOLD_FROM else REGULAR)
    return text if ord(character) in text.characters else _face(MARKS)


def pieces(text: str, *, weight: int) -> list[tuple[str, Face]]:
    """Cut a text where its font changes; a character that no font has is left out."""
    found: list[tuple[str, Face]] = []
    for character in text.translate(SPACES):
        face = face_of(character, weight=weight)
        if ord(character) not in face.characters:
            continue
        if found and found[-1][1] is face:
            found[-1] = (found[-1][0] + character, face)
        else:
            found.append((character, face))
    return found


@lru_cache(maxsize=8)
def _measured(path: Path) -> FT2Font:
    font = FT2Font(str(path))
    font.set_size(MEASURED_AT, 72)
    return font


@lru_cache(maxsize=20_000)
def _advance(character: str, *, weight: int) -> float:
    """Return the width of a character at a size of one; what no font has takes none."""
    face = face_of(character, weight=weight)
    if ord(character) not in face.characters:
        return 0.0
    glyph = _measured(face.path).load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65_536 / MEASURED_AT


def width(text: str, *, size: float, weight: int = 400) -> float:
    """Return the width of a text in pixels."""
    return size * sum(_advance(character, weight=weight) for character in text.translate(SPACES))
