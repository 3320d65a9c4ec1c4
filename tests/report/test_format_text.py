import pytest

from stages.report.format_text import MINUS, NOTHING, TIMES, aligned, column, count, number, percent, signed


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
        (None, NOTHING),
        (float("nan"), NOTHING),
        (float("inf"), "∞"),
    ],
)
def test_a_number_has_four_digits_that_count(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.5, "50%"),
        (0.1234, "12.3%"),
        (0.0004, "<0.1%"),
        (0.9999, ">99.9%"),
        (-0.25, f"{MINUS}25%"),
        (None, NOTHING),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share, text):
    assert percent(share) == text


def test_a_sign_is_put_before_gains_only():
    assert [signed(t) for t in ("3", f"{MINUS}3", "0", "0%", NOTHING)] == ["+3", f"{MINUS}3", "0", "0%", NOTHING]


def test_figures_below_each_other_share_their_decimals():
    assert column([-1234.0, 0.5]) == [f"{MINUS}1,234", "0"]
    assert column([0.0, 0.0]) == ["0", "0"]
    assert column([]) == []
    assert aligned(["1", f"{MINUS}2.25"]) == ["1.00", f"{MINUS}2.25"]


def test_one_is_not_many():
    assert [count(n, "class", "classes") for n in (0, 1, 1000)] == ["0 classes", "1 class", "1,000 classes"]
