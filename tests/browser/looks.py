"""What a person would notice on a page, as checks: blank, clipped, overflowing, English."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping

from PIL import Image
from playwright.sync_api import Page

Rule = Callable[[Page], object]  # what is wrong by it; nothing, none or no where all is well

# Words a health official writes in Latin letters himself.
LATIN_ALLOWED = {"DR", "CT", "ICD", "CSV", "XLSX", "UTF", "GB"}

CLIPPED = """() => {
    const found = [];
    for (const el of document.querySelectorAll('[data-testid=stMain] *')) {
        const style = getComputedStyle(el);
        if (!el.innerText || el.children.length || style.visibility === 'hidden') continue;
        const box = el.getBoundingClientRect();
        if (!box.width || !box.height || el.closest('[data-testid=stDataFrame]')) continue;
        const cut = ['hidden', 'clip'].includes(style.overflowX)
            && el.scrollWidth > el.clientWidth + 2;
        if (cut || box.right > innerWidth + 2 || box.left < -2)
            found.push(el.innerText.slice(0, 60));
    }
    for (const chart of document.querySelectorAll('[data-testid=stPlotlyChart]')) {
        const outer = chart.getBoundingClientRect();
        for (const text of chart.querySelectorAll('svg text')) {
            const box = text.getBoundingClientRect();
            if (!box.width || getComputedStyle(text).opacity === '0') continue;
            if (box.left < outer.left - 3 || box.right > outer.right + 3
                || box.top < outer.top - 8 || box.bottom > outer.bottom + 8)
                found.push('chart: ' + text.textContent.slice(0, 60));
        }
    }
    return found;
}"""

# What a field shows, its value or the hint where it is empty, must fit: it has no second line.
CUT_IN_A_FIELD = """() => {
    const found = [], pen = document.createElement('canvas').getContext('2d');
    for (const el of document.querySelectorAll('[data-testid=stMain] input[type=text]')) {
        const style = getComputedStyle(el), words = el.value || el.placeholder;
        pen.font = style.font;
        const air = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
        const need = pen.measureText(words).width + air;
        if (el.clientWidth && need > el.clientWidth + 1) found.push(words);
    }
    return found;
}"""

OVERLAPPING = """() => {
    const found = [];
    const parts = 'svg text, .strip-value, .strip-unit, .strip-side > div';
    const box = text => {  // what an element of a card takes up is more than its words
        const words = document.createRange();
        words.selectNodeContents(text);
        return (text instanceof SVGElement ? text : words).getBoundingClientRect();
    };
    for (const whole of document.querySelectorAll('[data-testid=stPlotlyChart], .strip')) {
        const texts = [...whole.querySelectorAll(parts)].map(t => [t.textContent, box(t)])
            .filter(([words, b]) => words.trim() && b.width > 1);
        for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
            const [a, p] = texts[i], [b, q] = texts[j];
            const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
            const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
            if (w > 3 && h > 9 && a !== b) found.push(a + ' × ' + b);
        }
    }
    return found;
}"""

# A list that scrolls ends below a whole row: half a row looks like a fault.
CUT_IN_A_ROW = """() => {
    const found = [];
    for (const list of document.querySelectorAll('.grid-box, .ref-box.heat')) {
        if (list.scrollHeight <= list.clientHeight + 2) continue;
        const foot = list.getBoundingClientRect().top + list.clientHeight;
        const rows = [...list.querySelectorAll('tbody tr')].map(row => row.getBoundingClientRect());
        const cut = rows.findIndex(row => row.top < foot - 3 && row.bottom > foot + 3);
        if (cut >= 0) found.push(list.ariaLabel + ' ' + (cut + 1));
    }
    return found;
}"""

# What a finger cannot hit: a field counts with the frame around it.
SMALL_TARGETS = """least => {
    const found = [];
    const targets = 'button, a[href], [role=radio], [data-testid=stSelectbox] [role=group],'
        + ' [data-testid=stTextInputRootElement], [data-testid=stRadioOption]';
    for (const el of document.querySelectorAll(targets)) {
        const box = el.getBoundingClientRect(), style = getComputedStyle(el);
        // Links inside a sentence are as high as their line.
        if (box.width < 2 || box.right <= 0 || style.visibility === 'hidden'
            || style.display === 'inline' || el.closest('[data-testid=stDataFrame]')) continue;
        if (box.height < least || box.width < least)
            found.push((el.innerText || el.ariaLabel || el.tagName).slice(0, 30) + ' '
                + Math.round(box.width) + '×' + Math.round(box.height));
    }
    return found;
}"""

# Texts below their card, and texts beside the window that no scrolling brings into view.
OUT_OF_REACH = """() => {
    const found = [];
    const walker = document.createTreeWalker(
        document.querySelector('[data-testid=stMain]'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const el = node.parentElement;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (box.width < 2 || getComputedStyle(el).visibility === 'hidden') continue;
        let reachable = false, low = false;
        for (let up = el; up && up !== document.body; up = up.parentElement) {
            const style = getComputedStyle(up);
            if (['auto', 'scroll'].includes(style.overflowX)) reachable = true;
            // A card is as high as what it says; a panel may hold a list that scrolls.
            if (/st-key-card-|strip-card/.test(up.className)
                && box.bottom > up.getBoundingClientRect().bottom + 2) low = true;
        }
        if (low || (!reachable && (box.right > innerWidth + 2 || box.left < -2)))
            found.push(node.textContent.slice(0, 40));
    }
    return found;
}"""

# Texts too small for a meeting room. Those of a table's canvas are no elements: not looked at.
SMALL_TEXTS = """least => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const el = node.parentElement;
        if (!node.textContent.trim() || el.closest('script, style, noscript')) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect(), style = getComputedStyle(el);
        const size = parseFloat(style.fontSize);
        if (box.width > 1 && style.visibility !== 'hidden' && size > 0 && size < least)
            found.push(node.textContent.slice(0, 20) + ' ' + size);
    }
    return found;
}"""

# Icons are ligatures of a symbol font: their text is a picture.
VISIBLE_TEXT = """() => {
    const words = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const el = node.parentElement;
        if (!el || el.closest('script, style, [data-testid=stIconMaterial]')) continue;
        const box = el.getBoundingClientRect(), style = getComputedStyle(el);
        if (box.width > 1 && box.height > 1 && style.fontSize !== '0px'
            && style.visibility !== 'hidden') words.push(node.textContent);
    }
    return words.join('\\n');
}"""

TALLER = """() => [...document.querySelectorAll(".grid-box, .ref-box")]
    .filter((box) => box.clientHeight > window.innerHeight && box.querySelector("tr:nth-child(30)"))
    .map((box) => box.getAttribute("aria-label") || box.className)"""
INNER_SIDEWAYS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return main.scrollWidth > main.clientWidth + 1;
}"""

# A name that can be pressed is a name on paper too; these say nothing there.
CONTROLS = (
    "input, [role=slider], [role=radio], [data-testid=stRadioOption], "
    "[data-testid=stPopover] button, "
    "[data-testid=stDownloadButton] button, [data-testid=stButtonGroup] button, "
    "[class*=st-key-map-] button, [class*=st-key-pick-]"
)
PANELS = "[class*=st-key-panel-]"
# On paper charts keep the width they were drawn in; their card must have room for it.
BEYOND_THEIR_CARD = """() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
    .filter(chart => {
        const card = chart.closest('[class*=st-key-panel-]').getBoundingClientRect();
        const drawn = chart.querySelector('.main-svg').getBoundingClientRect();
        return drawn.right > card.right + 1 || card.right > innerWidth + 1;
    }).map(chart => chart.closest('[class*=st-key-panel-]').className)"""


def wrong(page: Page, where: str, rules: Mapping[str, Rule]) -> dict[str, object]:
    """Return what each rule finds wrong with a page, by place and rule."""
    found = {f"{where}: {name}": rule(page) for name, rule in rules.items()}
    return {name: what for name, what in found.items() if what}


def clipped(page: Page) -> list[str]:
    """Return the texts that are cut off or stand outside the page or their chart."""
    return list(page.evaluate(CLIPPED))


def cut_in_a_field(page: Page) -> list[str]:
    """Return the values and hints that do not fit their field."""
    return list(page.evaluate(CUT_IN_A_FIELD))


def cut_in_a_row(page: Page) -> list[str]:
    """Return the lists whose scrolling part ends within a row, with its number."""
    return list(page.evaluate(CUT_IN_A_ROW))


def overlapping(page: Page) -> list[str]:
    """Return pairs of texts of a chart or a card that lie over each other."""
    return list(page.evaluate(OVERLAPPING))


def small_targets(page: Page, *, least: int = 44) -> list[str]:
    """Return the controls that are smaller than a finger, with their size in pixels."""
    return list(page.evaluate(SMALL_TARGETS, least))


def out_of_reach(page: Page) -> list[str]:
    """Return the texts below their card, and those beside the window out of every scroll."""
    return list(page.evaluate(OUT_OF_REACH))


def small_texts(page: Page, *, least: int = 16) -> list[str]:
    """Return the texts that are smaller than some pixels, with their size."""
    return list(page.evaluate(SMALL_TEXTS, least))


def scrolls_sideways(page: Page) -> bool:
    """Say whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))


def taller_than_the_screen(page: Page) -> list[str]:
    """Return tables that scroll past a whole screen, of which nothing else can be seen then."""
    return list(page.evaluate(TALLER))


def inner_sideways(page: Page) -> bool:
    """Say whether the page scrolls sideways inside its window."""
    return bool(page.evaluate(INNER_SIDEWAYS))


def controls(page: Page) -> list[str]:
    """Return the controls that are to be seen: paper has none."""
    return page.locator(CONTROLS).locator("visible=true").all_inner_texts()


def charts_beyond_their_card(page: Page) -> list[str]:
    """Return the classes of the panels whose chart is wider than they, or than the window."""
    return list(page.evaluate(BEYOND_THEIR_CARD))


def nothing_to_read(page: Page) -> bool:
    """Say whether the page shows no panel at all."""
    return page.locator(PANELS).locator("visible=true").count() == 0


def english(page: Page) -> list[str]:
    """Return the Latin words a leader would see."""
    texts = page.evaluate(VISIBLE_TEXT)
    # The ids of snapshots are hexadecimal numbers, not words.
    texts = re.sub(r"\b(\d{4}-)?[0-9a-f]{8,}\b", "", texts)
    words = re.findall(r"[A-Za-z]{2,}", texts)
    return sorted({w for w in words if w.upper() not in LATIN_ALLOWED})


def blank_charts(page: Page) -> int:
    """Count charts whose picture has fewer than four colours."""
    blank = 0
    for chart in page.query_selector_all("[data-testid=stPlotlyChart]"):
        if not chart.is_visible():
            continue
        picture = Image.open(io.BytesIO(chart.screenshot())).convert("P", colors=16)
        colours = picture.getcolors() or []
        blank += sum(1 for count, _ in colours if count > 20) < 4
    return blank
