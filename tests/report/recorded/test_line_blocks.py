import numpy as np
import pytest

from stages.report.recorded import line_blocks
from stages.report.recorded.line_blocks import (
    count_lines,
    first_lines_of_classes,
    is_ascending,
    largest_lines,
    smallest_lines,
    value_range,
)

RANDOM = np.random.default_rng(5)


@pytest.fixture(autouse=True, params=[1, 3, 100])
def lines_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_blocks, "LINES_AT_ONCE", request.param)


@pytest.mark.parametrize("wanted", [0, 1, 4, 30])
def test_the_ends_of_a_stable_sort(wanted: int) -> None:
    """Of few different values, so that many are equal."""
    values = RANDOM.integers(0, 4, 20).astype(float)
    order = sorted(range(20), key=lambda line: -values[line])
    assert largest_lines(20, lambda block: values[block], wanted) == order[:wanted]
    assert smallest_lines(20, lambda block: values[block], wanted) == (order[-wanted:] if wanted else [])


def test_of_equal_values_the_smallest_order_comes_first() -> None:
    values, order = RANDOM.integers(0, 3, 20).astype(float), RANDOM.permutation(20)
    expected = sorted(range(20), key=lambda line: (-values[line], order[line]))[:7]
    assert largest_lines(20, lambda block: values[block], 7, order=lambda block: order[block]) == expected


def test_the_first_lines_of_classes() -> None:
    classes = RANDOM.integers(-1, 4, 30)
    expected = [np.flatnonzero(classes == number)[:3].tolist() for number in range(5)]
    assert first_lines_of_classes(30, lambda block: classes[block], 5, 3) == expected


@pytest.mark.parametrize(
    ("values", "ascending"), [([1, 2, 3, 7], True), ([1, 2, 2, 7], False), ([], True), ([3], True)]
)
def test_ascending(values: list[int], ascending: bool) -> None:
    assert is_ascending(np.array(values)) == ascending


def test_the_range_leaves_out_missing_values() -> None:
    assert value_range(np.array([np.nan, 2.0, -1.0, 5.0]), np.array([7.0])) == [-1.0, 7.0]
    assert value_range(np.array([np.nan])) == []


def test_counted_lines() -> None:
    values = np.arange(10)
    assert count_lines(10, lambda block: values[block] > 6) == 3
