import pytest

from stages.report.rendering.format_text import (
    DASH,
    MINUS,
    TIMES,
    align_decimals,
    format_column,
    format_number,
    format_percent,
    with_sign,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.51236, "0.5124"),
        (-2, f"{MINUS}2"),
        (12345.6, "12,346"),
        (0.0000123, f"1.23{TIMES}10⁻⁵"),
        (-2.5e9, f"{MINUS}2.5{TIMES}10⁹"),
        (0.99999, "1"),
        (None, DASH),
        (float("nan"), DASH),
        (float("inf"), "∞"),
        (float("-inf"), f"{MINUS}∞"),
    ],
)
def test_numbers_have_four_significant_digits(value: float | None, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.5, "50%"), (0.1234, "12.3%"), (0.0004, "<0.1%"), (0.9999, ">99.9%"), (-0.25, f"{MINUS}25%"), (None, DASH)],
)
def test_shares_are_not_rounded_to_0_or_100_percent(share: float | None, text: str) -> None:
    assert format_percent(share) == text


def test_only_positive_numbers_get_a_sign() -> None:
    assert [with_sign(t) for t in ("3", f"{MINUS}3", "0", "0%", DASH)] == ["+3", f"{MINUS}3", "0", "0%", DASH]


def test_numbers_of_a_column_have_the_same_decimals() -> None:
    assert format_column([-1234.0, 0.5]) == [f"{MINUS}1,234", "0"]
    assert format_column([0.0, 0.0]) == ["0", "0"]
    assert format_column([]) == []
    assert align_decimals(["1", f"{MINUS}2.25"]) == ["1.00", f"{MINUS}2.25"]
