"""The values of a column of raw data as an array."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


def column_values(column: "pd.Series") -> NDArray[Any]:
    """Return numbers, truth values or times as such an array; other values as objects, with None for gaps."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return np.asarray(column)
    if pd.api.types.is_datetime64_any_dtype(column):
        without_zone = column if column.dt.tz is None else column.dt.tz_convert("UTC").dt.tz_localize(None)
        return np.asarray(without_zone, "datetime64[us]")
    values = np.array(column, object)
    values[np.asarray(column.isna())] = None
    return values
