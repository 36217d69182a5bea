"""The map of the site."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


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
