"""Rows of a large table that are far from the others: their number, and the first of them.

The mean, the deviation and the quartiles are those of all values, and rows are compared with them as the library does.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.validate.all_rows import Rows, read_blocks, row_count
from stages.validate.expectations.column_statistics import mean, present_values, quantiles, standard_deviation
from stages.validate.expectations.dataset_expectations import Expectation

# Whether each value is as expected.
Rule = Callable[[pd.Series], "pd.Series[bool]"]
# The metric of each expectation, and the rule by the values of the column and the arguments.
OUTLYING = {
    "expect_column_value_z_scores_to_be_less_than": "column_values.z_score.under_threshold",
    "expect_column_values_to_not_be_outliers": "column_values.not_outliers",
}


def outlying_rows(rows: Rows, expectation: Expectation, limit: int, scratch: ScratchFolder) -> dict[str, Any]:
    """The values of the expectation's metrics."""
    [name] = expectation.columns
    is_expected = _rule(expectation, present_values(rows, name, scratch), scratch)
    count, missing, first = 0, 0, pd.Series(dtype=object)
    for frame in read_blocks(rows, [name]):
        present = frame[name].dropna()
        outlying = present[~is_expected(present).astype(bool)]
        count, missing = count + len(outlying), missing + len(frame) - len(present)
        first = outlying[:limit] if first.empty else pd.concat([first, outlying[: limit - len(first)]])
    metric = OUTLYING[expectation.name]
    return {
        "table.row_count": row_count(rows),
        "column_values.nonnull.unexpected_count": missing,
        f"{metric}.unexpected_count": count,
        f"{metric}.unexpected_index_list": first.index.tolist(),
        f"{metric}.unexpected_values": first.tolist(),
    }


def _rule(expectation: Expectation, values: NDArray[Any], scratch: ScratchFolder) -> Rule:
    arguments = expectation.arguments
    if OUTLYING[expectation.name] == "column_values.not_outliers":
        multiplier = arguments.get("multiplier", 1.5)
        if arguments.get("method", "iqr") == "iqr":
            values.sort()
            low, high = quantiles(values, [0.25, 0.75], "linear")
            return _within_fences(low, high, multiplier)
        return _within_deviations(mean(values), standard_deviation(values, scratch), multiplier)
    return _z_score_rule(mean(values), standard_deviation(values, scratch), arguments)


def _z_score_rule(center: float, deviation: float, arguments: Mapping[str, Any]) -> Rule:
    """A value without a z-score is as expected."""
    threshold = arguments["threshold"]

    def is_expected(values: pd.Series) -> "pd.Series[bool]":
        if deviation == 0:
            return pd.Series(True, index=values.index)
        scores = (values - center) / deviation
        under = scores.abs() < abs(threshold) if arguments["double_sided"] else scores < threshold
        return under | scores.isna()

    return is_expected


def _within_fences(low: float, high: float, multiplier: float) -> Rule:
    if not (isfinite(low) and isfinite(high)):
        return _all_expected
    distance = multiplier * (high - low)
    return lambda values: (values >= low - distance) & (values <= high + distance)


def _within_deviations(center: float, deviation: float, multiplier: float) -> Rule:
    if not (isfinite(center) and isfinite(deviation)):
        return _all_expected
    distance = multiplier * deviation
    if distance <= 0:
        return lambda values: values == center
    return lambda values: (values - center).abs() < distance


def _all_expected(values: pd.Series) -> "pd.Series[bool]":
    return pd.Series(np.ones(len(values), np.bool_), index=values.index)
