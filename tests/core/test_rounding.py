"""Rounding to significant digits."""

from stages.core.rounding import round_significant


def test_rounding_to_significant_digits() -> None:
    assert [round_significant(v) for v in (0.9666666, -1234567.0, 1e-9, 0.0)] == [0.966667, -1234570.0, 1e-9, 0.0]
    assert round_significant(3.14159, 3) == 3.14
