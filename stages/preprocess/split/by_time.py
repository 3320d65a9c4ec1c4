"""Cut rows that are ordered by the values of a column."""

from collections.abc import Mapping
from itertools import accumulate
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
    part_of_row = np.searchsorted(find_cuts(np.sort(row_values), sizes, column), row_values, side="right")
    return {name: _as_row_numbers(as_array(rows)[part_of_row == number]) for number, name in enumerate(sizes)}


def find_cuts(ordered: NDArray[Any], sizes: Mapping[str, int], column: str) -> NDArray[Any]:
    """The least value of each part but the first. `ordered` are the values in ascending order, perhaps in a file.

    >>> find_cuts(np.array([1, 1, 2, 2, 3, 3, 3]), {"train": 3, "test": 4}, "day").tolist()
    [2]
    """
    wanted = list(accumulate(sizes.values()))[:-1]
    last = _last_changes(ordered, len(wanted))
    if len(last) < len(wanted):
        raise UserError(
            f"preprocess.split.by: column {column} has {len(last) + 1} different values, too few for "
            f"{' and '.join(sizes)}, since rows with the same value stay together; use another column"
        )
    cuts, change = list[int](), 0
    for cut, latest in zip(wanted, last, strict=True):
        # At least one value is between two cuts, and enough are left for the next ones.
        change = min(max(_nearest_change(ordered, cut), _change_after(ordered, change)), latest)
        cuts.append(change)
    return ordered[cuts]


def _last_changes(ordered: NDArray[Any], count: int) -> list[int]:
    """The last positions, at most `count`, whose value differs from the one before.

    >>> _last_changes(np.array([1, 2, 2, 3]), 1), _last_changes(np.array([1, 2, 2, 3]), 3)
    ([3], [1, 3])
    """
    changes, position = list[int](), len(ordered)
    while len(changes) < count and (position := _change_before(ordered, position)):
        changes.append(position)
    return changes[::-1]


def _nearest_change(ordered: NDArray[Any], wanted: int) -> int:
    """The nearest position whose value differs from the one before, and of two equally near ones the first.

    0 and the number of values count too.

    >>> [_nearest_change(np.array([1, 2, 2, 2, 2, 3]), wanted) for wanted in (1, 2, 3, 4)]
    [1, 1, 1, 5]
    """
    before = _change_before(ordered, wanted + 1)
    if before == wanted:
        return wanted
    after = _change_after(ordered, wanted)
    return before if wanted - before <= after - wanted else after


def _change_before(ordered: NDArray[Any], position: int) -> int:
    return int(np.searchsorted(ordered, ordered[position - 1], side="left"))


def _change_after(ordered: NDArray[Any], position: int) -> int:
    return int(np.searchsorted(ordered, ordered[position], side="right"))


def _as_row_numbers(rows: Rows) -> RowNumbers:
    """Consecutive rows are a range, which is stored without an array."""
    consecutive = len(rows) == rows[-1] - rows[0] + 1
    return range(int(rows[0]), int(rows[-1]) + 1) if consecutive else rows
