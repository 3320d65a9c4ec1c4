"""The order of the rows of a series."""

import numpy as np

from stages.core.errors import UserError, format_examples
from stages.core.time_steps.usual_time_step import Times


def check_time_order(times: Times) -> None:
    """Raise UserError unless each time is later than the one before. Messages count rows from 1 and show no time.

    >>> check_time_order(np.array(["2020-01-02", "2020-01-03", "2020-01-01"], "M8[us]"))
    Traceback (most recent call last):
    stages.core.errors.UserError: each time must be later than the one before; that of row 3 is not; sort the rows
    """
    steps = np.diff(times.astype("M8[us]")).astype(np.int64)
    rows = (np.flatnonzero(steps <= 0) + 2).tolist()
    if rows:
        repeated = not (steps < 0).any()
        solution = "remove repeated times" if repeated else "sort the rows"
        named = f"that of row {rows[0]} is" if len(rows) == 1 else f"those of rows {format_examples(rows)} are"
        raise UserError(f"each time must be later than the one before; {named} not; {solution}")
