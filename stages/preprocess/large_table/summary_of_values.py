"""What numbers and dates with many different values are fitted on, without a count of each value."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.features.coded_values import ColumnValues
from stages.core.columns.features.feature import Feature, ParsedValues
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.features.value_counts import ValueCounts
from stages.preprocess.scaler_statistics import Moments


@dataclass(frozen=True)
class ValueSummary:
    """Summaries of blocks can be added. `sum_parts` are numbers whose exact sum is that of the values.

    `middle_values` has the values around the median, which are found when all blocks are known. `moments` are those of
    a block of numbers without gaps.
    """

    total: int
    missing: int
    first: Any
    sum_parts: tuple[float, ...] = ()
    middle_values: Callable[[], NDArray[Any]] | None = None
    moments: Moments | None = None

    def __add__(self, other: "ValueSummary") -> "ValueSummary":
        firsts = [summary.first for summary in (self, other) if summary.total]
        parts = (*_exact_parts([*self.sum_parts, *other.sum_parts]),)
        first = min(firsts) if firsts else None
        return ValueSummary(self.total + other.total, self.missing + other.missing, first, parts)

    def mean(self) -> float:
        """The nearest number to the exact mean of exact sums, whatever the order of the rows."""
        return math.fsum(self.sum_parts) / self.total

    def median(self) -> Any:
        assert self.middle_values is not None
        return ValueCounts.of(self.middle_values()).median()

    def most_frequent(self) -> Any:
        raise AssertionError("columns filled with their most frequent value are counted")


def summarize(feature: Feature, with_moments: bool, values: ColumnValues) -> ValueSummary:
    """The summary of a block of training rows."""
    parsed = feature.parse(values)
    usable = _usable(parsed)
    moments = None
    if with_moments and len(usable) == len(values) > 0 and isinstance(feature, NumberFeature):
        moments = Moments.of(usable[:, None])
    parts = _exact_parts(usable.tolist()) if feature.params.missing == "mean" else ()
    first = usable.min() if len(usable) else None
    return ValueSummary(len(usable), int(parsed.missing.sum()), first, (*parts,), moments=moments)


def usable_values(feature: Feature, values: ColumnValues) -> NDArray[Any]:
    return _usable(feature.parse(values))


def _usable(parsed: ParsedValues) -> NDArray[Any]:
    left_out = parsed.missing | parsed.wrong
    return parsed.values[~left_out] if left_out.any() else parsed.values


def _exact_parts(numbers: Sequence[float]) -> Iterator[float]:
    """A few numbers with the same exact sum.

    >>> list(_exact_parts([1e16, 1.0, -1e16, 0.5])), list(_exact_parts([1e16, 1.0]))
    ([1.5], [1e+16, 1.0])
    """
    rest = [*numbers]
    while part := math.fsum(rest):
        yield part
        rest.append(-part)


def middle_of(values: NDArray[Any]) -> NDArray[Any]:
    """The one or two values in the middle of the order; sorts the array in part.

    >>> middle_of(np.array([4, 1, 3, 2])), middle_of(np.array([4, 1, 3]))
    (array([2, 3]), array([3]))
    """
    ranks = sorted({(len(values) - 1) // 2, len(values) // 2})
    values.partition(ranks)
    found: NDArray[Any] = np.array(values[ranks])
    return found
