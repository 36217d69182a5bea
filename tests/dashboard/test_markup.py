"""Text becomes markup only escaped."""

from __future__ import annotations

import ast
import base64
from pathlib import Path

import pytest

from dashboard.components import draw
from dashboard.look.markup import Markup, div, el, join, span, svg_image, text

ROOT = Path(__file__).parent.parent.parent


def test_children_and_attributes_are_escaped() -> None:
    made = div("<img src=x onerror=alert(1)>", title='"><script>')
    assert "<img" not in made
    assert "&lt;img src=x onerror=alert(1)&gt;" in made
    assert 'title="&quot;&gt;&lt;script&gt;"' in made


def test_marks_of_writing_direction_are_dropped() -> None:
    assert div("\u202e12.3\u202c", title="\u200f") == '<div title="">12.3</div>'


def test_markup_is_not_escaped_twice_and_lists_are_joined() -> None:
    assert div(span("a"), ["b", span("&")], None) == (
        "<div><span>a</span>b<span>&amp;</span></div>"
    )
    assert join([text("<"), "<"]) == "&lt;&lt;"


def test_absent_attributes_and_void_elements() -> None:
    assert el("hr") == "<hr>"
    assert el("img", src=None, alt="", data_x=1) == '<img alt="" data-x="1">'


def test_an_svg_becomes_an_image_that_runs_no_script() -> None:
    made = svg_image("<svg><script>1</script></svg>", alt='"x', width=3, height=4)
    assert "<script" not in made
    payload = made.split("base64,")[1].split('"')[0]
    assert base64.b64decode(payload) == b"<svg><script>1</script></svg>"


def test_draw_refuses_plain_strings() -> None:
    with pytest.raises(TypeError):
        draw("<b>not built by markup</b>")  # type: ignore[arg-type]


def test_markup_is_made_only_in_its_own_module() -> None:
    makers = [
        path.name
        for folder in ("dashboard", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == Markup.__name__
    ]
    assert set(makers) <= {"markup.py"}


def test_raw_html_goes_through_one_door() -> None:
    """`st.html` takes the constant style sheets, or what `draw` has checked; nothing else."""
    allowed = {"str"}
    for folder in ("dashboard", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            assert "unsafe_allow_html" not in source, path
            assert "components.v1" not in source, path
            for node in ast.walk(ast.parse(source)):
                is_html = (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "html"
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "st"
                )
                if is_html:
                    assert isinstance(node, ast.Call)
                    argument = node.args[0]
                    name = getattr(getattr(argument, "func", None), "id", "")
                    is_style = isinstance(argument, ast.JoinedStr) and ast.unparse(
                        argument
                    ).endswith("_CSS}</style>'")
                    assert name in allowed or is_style, f"{path}: {ast.unparse(node)}"
