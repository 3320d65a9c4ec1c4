"""Cut rows that are ordered by the values of a column."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.row_numbers import RowNumbers, as_array, take_rows
from stages.core.columns.private_values import PRIVATE
from stages.core.errors import UserError, format_examples

if TYPE_CHECKING:
    import pandas as pd

Rows = NDArray[np.int64]


def read_order_values(
    column: "pd.Series", name: str, time_format: str | None = None, private: bool = False
) -> NDArray[Any]:
    """Return the values to order the rows by: numbers or times.

    Texts are dates in `time_format`, by default ISO 8601. Raises a UserError with the rows that have no usable value;
    those of a private column are not shown.
    """
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        raise UserError(f"preprocess.split.by: column {name} is true or false; use a column of dates or numbers")
    present = column.notna()
    if pd.api.types.is_numeric_dtype(column):
        values, usable = column, present & np.isfinite(column.to_numpy(np.float64, na_value=np.nan))
    else:
        try:
            values = pd.to_datetime(column, format=time_format or "ISO8601", errors="coerce", utc=True)
        except (TypeError, ValueError) as error:
            reason = PRIVATE if private else str(error)
            raise UserError(f"preprocess.split.by: column {name} cannot be read as dates: {reason}") from None
        usable = values.notna()
    if not usable.all():
        examples = format_examples(
            f"{_shown_value(column.iloc[row], present.iloc[row], private)} in row {row}"
            for row in np.flatnonzero(~usable)
        )
        raise UserError(
            f"preprocess.split.by: {int((~usable).sum())} values of column {name} are neither dates nor finite "
            f"numbers: {examples}; correct them, or take those rows out of the data"
        )
    return np.asarray(values.dt.tz_localize(None) if hasattr(values, "dt") else values.to_numpy())


def _shown_value(value: Any, present: bool, private: bool) -> str:
    if not present:
        return "none"
    return PRIVATE if private else repr(value)


def cut_by_value(
    values: NDArray[Any], rows: RowNumbers, sizes: Mapping[str, int], column: str
) -> dict[str, RowNumbers]:
    """Cut the rows, ordered by their values, into parts of about these sizes, in the order of `sizes`.

    Rows with the same value are in one part: a cut moves to the nearest change of the value. The rows of each part
    keep their order.
    """
    sizes = {name: size for name, size in sizes.items() if size}
    row_values = take_rows(values, rows)
    order = np.argsort(row_values, kind="stable")
    ordered = row_values[order]
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if len(changes) < len(sizes) - 1:
        raise UserError(
            f"preprocess.split.by: column {column} has {len(changes) + 1} different values, too few for "
            f"{' and '.join(sizes)}, since rows with the same value stay together; use another column"
        )
    cuts = _nearest_cuts(changes, list(accumulate(sizes.values()))[:-1])
    bounds = pairwise([0, *cuts, len(order)])
    return {
        name: _as_row_numbers(as_array(rows)[np.sort(order[start:stop])])
        for name, (start, stop) in zip(sizes, bounds, strict=True)
    }


def _nearest_cuts(changes: Rows, wanted: Sequence[int]) -> list[int]:
    """For each wanted cut the nearest change after the one before it, so that enough are left for the next ones.

    >>> _nearest_cuts(np.array([1, 5, 6]), [5, 5]), _nearest_cuts(np.array([2, 8]), [7, 8])
    ([5, 6], [2, 8])
    """
    cuts: list[int] = []
    first = 0
    for number, cut in enumerate(wanted, 1):
        possible = changes[first : len(changes) - (len(wanted) - number)]
        nearest = int(np.argmin(np.abs(possible - cut)))
        cuts.append(int(possible[nearest]))
        first += nearest + 1
    return cuts


def _as_row_numbers(rows: Rows) -> RowNumbers:
    """Consecutive rows are a range, which is stored without an array."""
    consecutive = len(rows) == rows[-1] - rows[0] + 1
    return range(int(rows[0]), int(rows[-1]) + 1) if consecutive else rows
