"""The map of the site."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import site
from tests.browser.paths import PATHS
from tests.browser.test_hostile_names import PATHS as HOSTILE
from tests.browser.test_hostile_names import WITH_MORE_TO_SEE


def _pages_of_two_runs() -> None:
    import streamlit as st

    from dashboard import site

    first, again = site.pages(), site.pages()
    apart = [name for name in first if first[name] is not again[name]]
    paths = [page.url_path for page in first.values()]
    st.text(f"{apart == list(site.ORDER)} {paths == [page.url_path for page in again.values()]}")
    st.text(" ".join(paths[1:3]))


def test_every_run_has_page_objects_of_its_own_at_the_same_paths() -> None:
    app = AppTest.from_function(_pages_of_two_runs).run()
    assert not app.exception
    assert [text.value for text in app.text] == ["True True", "outflow clinics"]


@pytest.mark.parametrize("paths", [tuple(PATHS.values()), HOSTILE + WITH_MORE_TO_SEE])
def test_every_page_of_the_site_is_looked_at_in_a_browser(paths: tuple[str, ...]) -> None:
    looked_at = {path.strip("/").partition("?")[0] or site.HOME for path in paths}
    assert looked_at == set(site.ORDER)


def test_every_file_of_pages_is_on_the_site() -> None:
    files = {path.stem for path in (site.ROOT / "pages").glob("*.py")} - {"__init__"}
    assert files == set(site.ORDER)
