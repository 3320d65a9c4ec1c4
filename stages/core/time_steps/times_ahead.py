"""The times of the next rows of a series."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from stages.core.time_steps.usual_time_step import FIXED, MONTHS, Times, TimeStep


def times_ahead(times: Times, step: TimeStep, rows: Iterable[int]) -> Times:
    """The times so many rows after the last one. `times` are those of the known rows, and `step` their usual step.

    >>> months = np.array(["2020-01-31", "2020-02-29"], "M8[us]")
    >>> times_ahead(months, TimeStep(1, "month"), range(1, 3)).astype("M8[D]").tolist()
    [datetime.date(2020, 3, 31), datetime.date(2020, 4, 30)]
    """
    counts, last = np.array([*rows], np.int64) * step.count, times[-1].astype("M8[us]")
    if step.unit == "business day":
        day = last.astype("M8[D]")
        found: Times = np.busday_offset(day, counts, roll="forward").astype("M8[us]") + (last - day)
        return found
    if step.unit in MONTHS:
        return _months_ahead(times.astype("M8[us]"), counts * MONTHS[step.unit])
    fixed: Times = last + (counts * FIXED[step.unit]).astype("m8[us]")
    return fixed


def _months_ahead(times: Times, months: NDArray[np.int64]) -> Times:
    """On the day of the month that all times have, which is at most the last day of the month."""
    last = times[-1]
    first_days = (last.astype("M8[M]") + months).astype("M8[D]")
    days = np.minimum(_usual_day(times), _days_in_month(first_days.astype("M8[M]"))) - 1
    found: Times = (first_days + days).astype("M8[us]") + (last - last.astype("M8[D]"))
    return found


def _usual_day(times: Times) -> int:
    """31 for the last days of months. Where days vary, it is that of the last time."""
    month, day = times.astype("M8[M]"), times.astype("M8[D]")
    numbers, lengths = (day - month.astype("M8[D]")).astype(np.int64) + 1, _days_in_month(month)
    if (numbers == lengths).all():
        return 31
    largest = int(numbers.max())
    return largest if (numbers == np.minimum(largest, lengths)).all() else int(numbers[-1])


def _days_in_month(months: Times) -> NDArray[np.int64]:
    days: NDArray[np.int64] = ((months + 1).astype("M8[D]") - months.astype("M8[D]")).astype(np.int64)
    return days
