"""Columns of numbers as a matrix."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.number_columns import check_number_column
from stages.core.columns.private_values import PRIVATE
from stages.core.errors import ErrorList, format_examples

if TYPE_CHECKING:
    import pandas as pd


def numeric_values(frame: "pd.DataFrame", columns: Sequence[str], private: Collection[str] = ()) -> NDArray[np.float64]:
    """Return the columns as a float64 matrix.

    Raises a UserError with all columns that are text or have missing, infinite or too large values. Values of private
    columns are not in it.
    """
    import pandas as pd

    errors = ErrorList()
    values: list[NDArray[np.float64]] = []
    for name in columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            values.append(np.asarray(frame[name], np.float64))
            check_number_column(name, values[-1], errors, name in private)
        else:
            errors.add(_not_numeric(name, frame[name], name in private))
    errors.raise_if_any()
    return np.column_stack(values) if len(values) > 1 else values[0][:, None]


def _not_numeric(name: str, column: "pd.Series", private: bool) -> str:
    """List the texts in a column of numbers. If all values are text, the column was not meant to be numeric."""
    import pandas as pd

    texts = np.flatnonzero(pd.to_numeric(column, errors="coerce").isna() & column.notna())
    if not len(texts) and pd.api.types.is_string_dtype(column):
        return (
            f"column {name}: digits with leading zeros, or more digits than a number can hold, are text, not numbers; "
            f"leave it out, or set download.format.types: {{{name}: number}}"
        )
    if not 0 < len(texts) < len(column) or not pd.api.types.is_string_dtype(column):
        return (
            f"column {name} holds {column.dtype}, not numbers; leave it out, or name it in preprocess.labels if it is "
            "a class"
        )
    examples = format_examples(f"{PRIVATE if private else repr(column.iloc[row])} in row {row}" for row in texts)
    return (
        f"column {name}: {len(texts)} of {len(column)} values are not numbers: {examples}; correct them, list the "
        "texts for missing values in download.format.missing, or leave the column out"
    )
