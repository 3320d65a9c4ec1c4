"""Gaps of a series, filled with the last value before them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.column_params import FeatureParams, InputParams, Value
from stages.core.columns.features.feature import missing_rows
from stages.core.columns.features.table_values import TableValues


def fill_columns_forward(columns: Mapping[str, NDArray[Any]], params: Mapping[str, InputParams]) -> TableValues:
    """The columns, in which the gaps of those with `missing: forward` are filled.

    `filled` of the result says where, for the columns that have an indicator of gaps.
    """
    forward = {
        name: kind for name, kind in params.items() if isinstance(kind, FeatureParams) and kind.missing == "forward"
    }
    filled = {name: fill_forward(columns[name], kind.missing_values) for name, kind in forward.items()}
    gaps = {
        name: missing_rows(columns[name], kind.missing_values)
        for name, kind in forward.items()
        if kind.missing_indicator
    }
    return TableValues({**columns, **filled}, gaps)


def fill_forward(values: NDArray[Any], missing_values: Sequence[Value] = ()) -> NDArray[Any]:
    """Nothing that comes later is used: the first gaps stay if no value is before them.

    >>> fill_forward(np.array([np.nan, 2.0, np.nan, -1.0]), [-1])
    array([nan,  2.,  2.,  2.])
    """
    rows = np.arange(len(values))
    last = np.maximum.accumulate(np.where(missing_rows(values, missing_values), 0, rows))
    return values[last]
