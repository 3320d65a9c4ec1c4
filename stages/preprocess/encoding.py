"""Labels as numbers, and columns as matrices."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.ragged_rows import RaggedRows, offsets_from_lengths
from stages.core.errors import ErrorList, UserError, format_examples

if TYPE_CHECKING:
    import pandas as pd

# What is not larger can be scaled in 64 bits and kept in 32.
LARGEST = float(np.finfo(np.float32).max)


def one_hot(numbers: NDArray[Any], classes: int) -> NDArray[np.float32]:
    """
    >>> one_hot(np.array([2, 0]), 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    rows: NDArray[np.float32] = np.eye(classes, dtype=np.float32)[np.asarray(numbers)]
    return rows


def class_numbers(labels: Sequence[Any] | NDArray[Any], classes: Sequence[str], column: str) -> NDArray[np.int64]:
    """Each label's place among the classes; one that is none of them is a fault."""
    place = {name: number for number, name in enumerate(classes)}
    numbers = np.array([place.get(str(label), -1) for label in labels], np.int64)
    if unknown := [f"{labels[row]!r} in row {row}" for row in np.flatnonzero(numbers < 0).tolist()]:
        raise UserError(f"{column}: not among the classes {format_examples(classes)}: {format_examples(unknown)}")
    return numbers


def occurring(rows: RaggedRows, most: int, rare: int | None) -> RaggedRows:
    """Each row's ids, once each and sorted; those from `most` on count as `rare`, or are left out.

    >>> found = occurring(RaggedRows(np.array([3, 9, 3, 8]), np.array([0, 3, 4])), most=5, rare=2)
    >>> found.ids.tolist(), found.offsets.tolist()
    ([2, 3, 2], [0, 2, 3])
    """
    number = np.repeat(np.arange(len(rows)), np.diff(rows.offsets))
    ids = rows.ids.astype(np.int64)
    known = ids < most
    if rare is None:
        number, ids = number[known], ids[known]
    else:
        ids = np.where(known, ids, rare)
    pairs = np.unique(number * most + ids)
    lengths = np.bincount(pairs // most, minlength=len(rows))
    return RaggedRows((pairs % most).astype(np.min_scalar_type(most)), offsets_from_lengths(lengths))


def matrix(frame: "pd.DataFrame", columns: Sequence[str]) -> NDArray[np.float64]:
    """Numeric columns side by side; text, gaps and infinities are errors, all told at once."""
    import pandas as pd

    errors = ErrorList()
    for name in columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            errors.add(_no_numbers(name, frame[name]))
        else:
            _check_finite(name, np.asarray(frame[name], np.float64), errors)
    errors.raise_if_any()
    values = [np.asarray(frame[name], np.float64) for name in columns]
    return np.column_stack(values) if len(values) > 1 else values[0][:, None]


def _no_numbers(name: str, column: "pd.Series") -> str:
    """A few texts among numbers are mended one by one; a column of texts is none of the numbers that were meant."""
    import pandas as pd

    stray = np.flatnonzero(pd.to_numeric(column, errors="coerce").isna() & column.notna())
    if not 0 < len(stray) < len(column) or not pd.api.types.is_string_dtype(column):
        way_out = "leave it out, or name it in preprocess.labels if it is a class"
        return f"column {name} holds {column.dtype}, not numbers; {way_out}"
    told = format_examples(f"{column.iloc[row]!r} in row {row}" for row in stray)
    way_out = "mend them, list in download.format.missing what stands for nothing, or leave the column out"
    return f"column {name}: {len(stray)} of {len(column)} values are no numbers: {told}; {way_out}"


def _check_finite(name: str, values: NDArray[np.float64], errors: ErrorList) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    way_out = "take those rows out of the data, or the column out of inputs and targets"
    errors.check(not len(bad), f"column {name}: missing or infinite in rows {format_examples(bad)}; {way_out}")
    if not len(bad) and max(values.max(initial=0), -values.min(initial=0)) > LARGEST:
        told = format_examples(f"{values[row]} in row {row}" for row in np.flatnonzero(np.abs(values) > LARGEST))
        errors.add(f"column {name}: too large for 32 bits: {told}; give it in a larger unit")
