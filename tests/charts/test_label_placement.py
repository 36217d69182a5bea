"""Labels on a map: inside where they fit, outside with a leader where not, never on each other."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest

from dashboard.charts.boxes import Box, Canvas, Label
from dashboard.charts.leaders import Wanted, conflict, is_crossing, place_outside
from dashboard.charts.placement import Widths, place_labels
from dashboard.charts.shapes import Shapes, intersect, project, read_shapes, spans_at, unproject


def square(code: str, west: float, south: float, size: float) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def shapes_of(*features: dict[str, Any]) -> Shapes:
    return read_shapes({"type": "FeatureCollection", "features": list(features)})


def wide(code: str, name: float, value: float, own: float | None = None) -> tuple[str, Widths]:
    return code, Widths(name, name, value, own or value)


# One county of a degree with a small town of 0.06 degrees beside its north-east corner.
LARGE, SMALL = square("L", 114.0, 34.0, 1.0), square("S", 115.0, 34.94, 0.06)


def test_projection_and_back_is_the_identity() -> None:
    assert unproject(*project(114.3, 34.8)) == pytest.approx((114.3, 34.8))


def test_a_hole_is_not_part_of_a_span() -> None:
    outer = ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0))
    hole = ((1.0, 1.0), (2.0, 1.0), (2.0, 3.0), (1.0, 3.0), (1.0, 1.0))
    assert spans_at((outer, hole), 2.0) == [(0.0, 1.0), (2.0, 4.0)]


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert intersect([(0.0, 1.0), (2.0, 5.0)], [(1.0, 3.0)]) == [(2.0, 3.0)]


def test_parts_of_a_multipolygon_are_all_read() -> None:
    parts = [LARGE["geometry"]["coordinates"], SMALL["geometry"]["coordinates"]]
    feature = {
        "properties": {"code": "M"},
        "geometry": {"type": "MultiPolygon", "coordinates": parts},
    }
    assert len(shapes_of(feature).rings["M"]) == 2


def test_a_label_that_fits_stands_inside_at_the_middle() -> None:
    shapes = shapes_of(LARGE)
    placed = place_labels(shapes, (wide("L", 54.0, 40.0),), width=400, height=400)
    (label,) = placed.labels
    assert label.foot is None
    assert (label.box.x, label.box.y) == pytest.approx((200, 200), abs=4)


def test_a_label_that_does_not_fit_stands_outside_with_its_foot_inside() -> None:
    placed = place_labels(
        shapes_of(LARGE, SMALL),
        (wide("L", 54.0, 40.0), wide("S", 72.0, 40.0)),
        width=500,
        height=400,
    )
    by_code = {label.code: label for label in placed.labels}
    foot = by_code["S"].foot
    assert foot is not None
    lon, lat = placed.canvas.lonlat(foot)
    assert 115.0 < lon < 115.06
    assert 34.94 < lat < 35.0
    left, _ = placed.canvas.to_pixels(114.0, 34.5)
    right, _ = placed.canvas.to_pixels(115.0, 34.5)
    assert not left < by_code["S"].box.x < right or by_code["S"].box.y < 20


def test_labels_never_overlap_and_never_leave_the_canvas() -> None:
    towns = [square(f"T{i}", 114.0 + 0.07 * i, 34.0, 0.06) for i in range(5)]
    codes = [f"T{i}" for i in range(5)]
    placed = place_labels(
        shapes_of(*towns, square("L", 114.0, 34.2, 0.8)),
        (wide("L", 54.0, 40.0), *(wide(code, 72.0, 44.0) for code in codes)),
        width=560,
        height=420,
    )
    assert {label.code for label in placed.labels} == {"L", *codes}
    for one, other in combinations(placed.labels, 2):
        assert not one.box.overlaps(other.box, gap=0)
    for label in placed.labels:
        assert label.box.width / 2 <= label.box.x <= 560 - label.box.width / 2
        assert label.box.height / 2 <= label.box.y <= 420 - label.box.height / 2


def test_the_order_of_areas_does_not_move_a_label() -> None:
    shapes = shapes_of(LARGE, SMALL)
    widths = (wide("L", 54.0, 40.0), wide("S", 72.0, 40.0))
    forward = place_labels(shapes, widths, width=500, height=400)
    backward = place_labels(shapes, widths[::-1], width=500, height=400)
    assert forward.labels == backward.labels


def test_a_crowded_map_prints_values_where_they_fit_and_no_leaders() -> None:
    towns = [
        square(f"T{i:02}", 114.0 + 0.3 * (i % 5), 34.0 + 0.3 * (i // 5), 0.3) for i in range(20)
    ]
    widths = tuple(wide(f"T{i:02}", 300.0 if i == 0 else 40.0, 34.0) for i in range(20))
    placed = place_labels(shapes_of(*towns), widths, width=520, height=420)
    by_code = {label.code: label for label in placed.labels}
    assert all(label.foot is None for label in placed.labels)
    assert not by_code["T00"].has_name
    assert by_code["T01"].has_name


def test_without_any_room_a_label_is_left_out() -> None:
    placed = place_labels(shapes_of(LARGE), (wide("L", 900.0, 900.0),), width=200, height=200)
    assert placed.labels == ()


def test_a_leader_through_another_label_costs_more() -> None:
    blocker = Label("B", Box(50, 0, 20, 20))
    free = Label("L", Box(100, 60, 20, 20), (0, 60))
    blocked = Label("L", Box(100, 0, 20, 20), (0, 0))
    assert (conflict(free, blocker), conflict(blocked, blocker)) == (0, 1000)
    assert conflict(blocker, blocked) == 1000


def test_crossing_segments_are_told_from_touching_ones() -> None:
    assert is_crossing((0, 0), (2, 2), (0, 2), (2, 0))
    assert not is_crossing((0, 0), (2, 2), (2, 2), (3, 0))
    assert not is_crossing((0, 0), (1, 0), (0, 1), (1, 1))


LINE = Label("L", Box(100, 0, 20, 20), (0, 0))  # its leader runs along the x axis to 90


def test_a_leader_across_another_leader_costs_more() -> None:
    assert conflict(LINE, Label("O", Box(50, -60, 20, 20), (50.0, 60.0))) == 250


def test_a_leader_by_the_foot_of_another_costs_as_much_as_one_across_it() -> None:
    # The foot of the other lies 6 pixels below this leader: its dot would seem to be on both.
    assert conflict(LINE, Label("O", Box(50, 80, 20, 20), (50.0, 6.0))) == 250
    assert conflict(Label("O", Box(50, 80, 20, 20), (50.0, 6.0)), LINE) == 250
    assert conflict(LINE, Label("O", Box(50, 80, 20, 20), (50.0, 11.0))) == 0


def test_a_box_on_another_leader_costs_most() -> None:
    assert conflict(Label("O", Box(50, 0, 20, 20)), LINE) == 1000


def test_a_mark_on_a_text_costs_as_much_and_a_leader_over_a_mark_less() -> None:
    marked = Label("M", Box(50, 40, 20, 20), mark=Box(72, 40, 14, 14))
    assert conflict(marked, Label("O", Box(85, 40, 20, 20))) == 1000
    assert conflict(marked, Label("O", Box(72, 100, 20, 20), (72.0, 0.0))) == 150
    assert conflict(marked, Label("O", Box(95, 40, 20, 20))) == 0


def test_texts_touch_within_the_air_around_a_label_outside() -> None:
    inside, near = Label("I", Box(0, 30, 20, 20)), Box(0, 51, 20, 20)
    assert conflict(inside, Label("O", near, (0.0, 200.0))) == math.inf
    assert conflict(inside, Label("O", near)) == 0  # a border runs between two that stand inside


def leader_or_inside(foot: float, inside: Label) -> Label:
    """Place one label whose foot is so far left of free land that begins at 240 pixels."""
    wanted = [Wanted("N", (240.0 - foot, 50.0), (40, 20), (inside,))]
    land = [[(0.0, 240.0)] for _ in range(25)]
    _, (label,) = place_outside(Canvas(300, 100, 1.0, 0.0, 0.0), land, wanted, [])
    return label


@pytest.mark.parametrize(("has_name", "most"), [(True, 40), (False, 120)])
def test_a_long_leader_gives_way_to_the_smallest_print_and_later_without_a_name(
    has_name: bool, most: int
) -> None:
    inside = Label("N", Box(50, 50, 30, 32), has_name=has_name, is_brief=has_name)
    assert leader_or_inside(most - 20, inside).leader is not None
    assert leader_or_inside(most + 5, inside) == inside


def test_a_name_that_fits_only_briefly_stands_inside_in_the_smallest_print() -> None:
    shapes = shapes_of(LARGE)
    widths = (("L", Widths(900.0, 40.0, 36.0, 36.0)),)
    (label,) = place_labels(shapes, widths, width=400, height=400).labels
    assert (label.has_name, label.is_brief, label.foot) == (True, True, None)


def test_a_leader_is_led_around_a_value_that_stands_alone_in_its_way() -> None:
    # Land up to 240 of 300 pixels: the nearest place for N lies straight across the value of V.
    value = Label("V", Box(180, 50, 30, 16), has_name=False)
    wanted = [Wanted("N", (100.0, 50.0), (40, 20)), Wanted("V", (180.0, 50.0), (400, 20), (value,))]
    land = [[(0.0, 240.0)] for _ in range(25)]
    _, labels = place_outside(Canvas(300, 100, 1.0, 0.0, 0.0), land, wanted, [])
    leader = next(label.leader for label in labels if label.code == "N")
    assert value in labels
    assert leader is not None
    assert value.box.is_crossed((252.0, 50.0), (100.0, 50.0))
    assert not value.box.is_crossed(*leader)


def test_a_label_that_nearly_fits_is_set_smaller_inside() -> None:
    shapes = shapes_of(LARGE)
    free = place_labels(shapes, (wide("L", 54.0, 40.0),), width=400, height=400)
    left, _ = free.canvas.to_pixels(114.0, 34.5)
    right, _ = free.canvas.to_pixels(115.0, 34.5)
    widths = (wide("L", (right - left) * 1.05, 40.0),)
    (label,) = place_labels(shapes, widths, width=400, height=400).labels
    assert (label.is_small, label.foot) == (True, None)
    assert not free.labels[0].is_small
    assert label.box.height < free.labels[0].box.height


def test_an_area_too_small_to_be_drawn_still_gets_its_label() -> None:
    speck = square("S", 115.2, 34.5, 0.0001)
    placed = place_labels(
        shapes_of(LARGE, speck),
        (wide("L", 54.0, 40.0), wide("S", 54.0, 40.0)),
        width=500,
        height=400,
    )
    (label,) = (label for label in placed.labels if label.code == "S")
    assert label.foot == pytest.approx(placed.canvas.to_pixels(115.2, 34.5), abs=0.1)


def test_a_segment_crosses_a_box_where_it_passes_through_it() -> None:
    box = Box(0, 0, 10, 4)

    def clipped(start: tuple[float, float], end: tuple[float, float]) -> bool:
        """By the part of the segment between the box's edges, left and right, then up and down."""
        first, last = Fraction(0), Fraction(1)
        for a, b, half in zip(start, end, (5, 2), strict=True):
            if a == b and abs(a) >= half:
                return False
            if a != b:
                near, far = sorted((side - Fraction(a)) / Fraction(b - a) for side in (-half, half))
                first, last = max(first, near), min(last, far)
        return first < last

    ends = [(x, y) for x in (-9.0, -5.0, -4.75, 0.0, 5.25, 8.0) for y in (-6.0, -2.0, 1.75, 7.0)]
    pairs = [(start, end) for start in ends for end in ends if start != end]
    assert [box.is_crossed(*pair) for pair in pairs] == [clipped(*pair) for pair in pairs]
    assert 0 < sum(clipped(*pair) for pair in pairs) < len(pairs)


def test_a_leader_that_begins_beside_another_costs_as_much_as_one_across_it() -> None:
    # The other begins at its left edge: 5 and 7 pixels below this leader.
    assert conflict(LINE, Label("O", Box(60, 5, 20, 0), (30.0, 90.0))) == 250
    assert conflict(LINE, Label("O", Box(60, 7, 20, 0), (30.0, 90.0))) == 0


def test_a_value_with_a_digit_more_needs_no_larger_area_but_more_air() -> None:
    shapes = shapes_of(LARGE)
    (usual,) = place_labels(shapes, (wide("L", 40.0, 40.0),), width=400, height=400).labels
    widths = (wide("L", 40.0, 40.0, 51.0),)
    (longer,) = place_labels(shapes, widths, width=400, height=400, mark_room=40).labels
    assert (longer.box.x, longer.box.y) == (usual.box.x, usual.box.y)
    assert (usual.box.width, longer.box.width) == (40, 51)
    assert longer.mark is not None
    assert longer.mark.x - longer.mark.width / 2 > longer.box.x + longer.box.width / 2


def test_a_name_without_a_place_anywhere_leaves_its_value_inside() -> None:
    placed = place_labels(shapes_of(LARGE), (wide("L", 900.0, 40.0),), width=400, height=400)
    (label,) = placed.labels
    assert (label.code, label.has_name, label.foot) == ("L", False, None)
