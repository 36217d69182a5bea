"""What areas are compared with is called by the word that officials use."""

from __future__ import annotations

import pytest

from dashboard.places import GROUP, Place
from dashboard.reading.topics import reference_words


def place(name: str, level: str) -> Place:
    nothing = {"parent_code": None, "located_in": None, "population": None}
    return Place(code=GROUP, name=name, level=level, has_polygon=False, is_complete=True, **nothing)


@pytest.mark.parametrize(
    ("name", "level", "words"),
    [
        ("开封市", "city", "全市"),
        ("兰考县", "county", "全县"),
        ("河南省", "group", "全省"),
        ("宁夏回族自治区", "group", "全区"),
        ("重庆市", "group", "全市"),
        ("三市合计", "group", "三市合计"),
        ("工业园区", "township", "工业园区"),
    ],
)
def test_a_whole_is_called_as_officials_call_it(name: str, level: str, words: str) -> None:
    assert reference_words(place(name, level)) == words
