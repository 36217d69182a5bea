from __future__ import annotations

import pytest

from pipeline.marts.facts import holds, round_as_printed, say


@pytest.mark.parametrize(
    ("ours", "comparator", "printed", "expected"),
    [
        (88.137, "=", 88, True),  # 88 % prints as 88
        (88.5, "=", 88, False),
        (87.5, "=", 88, True),
        (9439.46, "=", 9439.46, True),
        (9439.456, "=", 9439.46, True),
        (1901, ">", 1900, True),
        (1900, ">", 1900, False),
        (1900, ">=", 1900, True),
        (1899, ">=", 1900, False),
        (4968, "~", 5000, True),
        (4750, "~", 5000, True),
        (4749, "~", 5000, False),
        (5001, "~", 5000, False),  # 近5000 is below 5000
        (5000, "~", 5000, True),
        (0.9, "<", 1, True),
        (1, "<", 1, False),
    ],
)
def test_comparators_mean_what_officials_mean(
    ours: float, comparator: str, printed: float, expected: bool
) -> None:
    assert holds(ours, comparator, printed) is expected


def test_ours_is_rounded_half_up_to_the_printed_digits() -> None:
    assert round_as_printed(2.5, 3.0) == 3
    assert round_as_printed(1.845, 1.85) == 1.85
    assert round_as_printed(109.0, 100.0) == 109


@pytest.mark.parametrize(("number", "text"), [(41.0, "41"), (92.6606, "92.66"), (0.1, "0.1")])
def test_numbers_in_sentences_are_short(number: float, text: str) -> None:
    assert say(number) == text
