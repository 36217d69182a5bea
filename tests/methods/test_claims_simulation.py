"""Pure noise and a real shift through the gate: the small, seeded twin of bench/claims.py."""

from __future__ import annotations

from bench.claims import false_claims, gate, shifts_called


def test_half_a_year_of_noise_is_nearly_silent_and_unguarded_rules_are_not() -> None:
    found = false_claims(7, 1, weeks=26)
    # One overview in twenty may be wrong: more than four of 26 would be one run in a hundred.
    assert found["gate"][0] <= 4 / 26
    assert found["unguarded XmR"][0] > 0.9
    assert found["naive arrow"][0] == 1


def test_a_lasting_shift_of_three_sigma_is_called_within_three_weeks() -> None:
    # Of 30 at least 80 % are expected; 18 or fewer would happen once in a hundred.
    found = shifts_called(11, 30, rules={"gate": gate})
    assert found["gate"] > 18 / 30
