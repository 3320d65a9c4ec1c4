"""Between which numbers the values of a column, and the number of rows, should stay."""

import math

from stages.cli.new.describe.describe_columns import ColumnDescription

# How far beyond the range of the values new ones may be, as a share of the range.
ROOM = 0.1


def least_rows(rows: int) -> int:
    """
    >>> least_rows(150)
    130
    """
    return int(round_down(rows * (1 - ROOM)))


def value_range(column: ColumnDescription) -> dict[str, float]:
    """The range of the values with room at both ends, in round numbers. What is never negative stays so."""
    assert column.low is not None
    assert column.high is not None
    span = (column.high - column.low) or abs(column.high) or 1.0
    low, high = column.low - ROOM * span, column.high + ROOM * span
    step = 10.0 ** math.floor(math.log10(span) - 1)
    if column.whole:
        step = max(step, 1.0)
    low = 0.0 if column.low >= 0 > low else math.floor(low / step) * step
    return {"min_value": plain(low, step), "max_value": plain(math.ceil(high / step) * step, step)}


def plain(value: float, step: float) -> float:
    """Without digits after the last one that matters.

    >>> plain(0.30000000000000004, 0.1), plain(1200.0, 100.0)
    (0.3, 1200)
    """
    digits = max(0, -math.floor(math.log10(step)))
    rounded = round(value, digits)
    return int(rounded) if digits == 0 or rounded == int(rounded) else rounded


def round_down(value: float) -> float:
    """With two digits that matter.

    >>> round_down(1234.0), round_down(9.0)
    (1200.0, 9.0)
    """
    step = 10.0 ** max(0, math.floor(math.log10(max(value, 1.0))) - 1)
    return math.floor(value / step) * step
