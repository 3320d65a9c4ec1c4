"""Columns of numbers, scaled by fitted steps."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.column_kind import Floats
from stages.core.columns.private_values import PRIVATE
from stages.core.columns.scaling import ScaledColumns, apply_steps, check_finite, inverse_steps, steps_of_columns
from stages.core.errors import ErrorList, UserError, format_examples

# A number up to this size can be scaled in float64 and stored as float32.
LARGEST = float(np.finfo(np.float32).max)
BLOCK_ROWS = 65_536


class NumberColumns(ScaledColumns):
    """Values are a float64 matrix with one column for each name."""

    kind: Literal["numbers"] = "numbers"

    def check(self, values: NDArray[np.float64]) -> None:
        errors = ErrorList()
        for name, column in zip(self.columns, values.T, strict=True):
            check_number_column(name, column, errors)
        errors.raise_if_any()

    def transform(self, values: NDArray[Any]) -> NDArray[np.float32]:
        return transform_in_blocks(
            len(values), self.outputs, lambda block: apply_steps(self.steps, values[block]), self.lookback
        )

    def column_slice(self, columns: Sequence[str]) -> slice | None:
        """Return where these columns are, if they are side by side and in this order.

        >>> numbers = NumberColumns(columns=["a", "b", "c"])
        >>> numbers.column_slice(["b", "c"]), numbers.column_slice(["c", "b"])
        (slice(1, 3, None), None)
        """
        start = self.columns.index(columns[0]) if columns[0] in self.columns else len(self.columns)
        found = slice(start, start + len(columns))
        return found if self.columns[found] == list(columns) else None

    def select(self, columns: Sequence[str]) -> "NumberColumns | None":
        """Return these columns with their scaling, if they are side by side and in this order."""
        found = self.column_slice(columns)
        steps = None if found is None else steps_of_columns(self.steps, found)
        return None if steps is None else NumberColumns(columns=[*columns], steps=steps)

    def inverse(self, values: NDArray[Any]) -> NDArray[np.float64]:
        original: NDArray[np.float64] = inverse_steps(self.steps, np.asarray(values, np.float64))
        return original


def transform_in_blocks(
    rows: int,
    names: Sequence[str],
    transform_rows: Callable[[slice], Floats],
    lookback: int = 0,
    write_rows: Callable[[slice, NDArray[np.float32]], None] | None = None,
) -> NDArray[np.float32]:
    """Return a matrix of float32. In blocks, since steps calculate in float64 and make copies.

    A block begins `lookback` rows earlier, which the steps leave out of its result. `write_rows` writes what
    `transform_rows` returns, if there is a faster way.
    """
    transformed = np.empty((max(0, rows - lookback), len(names)), np.float32)
    for start in range(0, len(transformed), BLOCK_ROWS):
        block = slice(start, min(start + BLOCK_ROWS, len(transformed)))
        needed = slice(block.start, block.stop + lookback)
        with np.errstate(over="ignore"):
            if write_rows is None:
                transformed[block] = transform_rows(needed)
            else:
                write_rows(needed, transformed[block])
        if not np.isfinite(transformed[block]).all():
            check_finite(transform_rows(needed), names)
            columns = np.flatnonzero(~np.isfinite(transformed[block]).all(axis=0))
            too_large = format_examples(names[int(n)] for n in columns)
            raise UserError(
                f"preprocess: column {too_large}: the steps make a number too large for 32 bits; divide by a larger one"
            )
    return transformed


def check_number_column(name: str, values: NDArray[np.float64], errors: ErrorList, private: bool = False) -> None:
    """Add an error if values are missing, infinite or too large. It has no values of a private column."""
    if len(missing := np.flatnonzero(~np.isfinite(values))):
        errors.add(
            f"column {name}: missing or infinite in {len(missing)} of {len(values)} rows: {format_examples(missing)}; "
            f"fill gaps of an input, as in `{name}: {{kind: number, missing: median}}` in preprocess.columns, or take "
            "these rows out of the data, or the column out of inputs and targets"
        )
    elif max(values.max(initial=0), -values.min(initial=0)) > LARGEST:
        rows = np.flatnonzero(np.abs(values) > LARGEST)
        large = format_examples(f"{PRIVATE if private else values[row]} in row {row}" for row in rows)
        errors.add(f"column {name}: too large for 32 bits: {large}; give it in a larger unit")
