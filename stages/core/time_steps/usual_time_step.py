"""The usual step between the times of a series: a calendar step such as a month, or a fixed one such as an hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.datetime64]
Differences = NDArray[np.float64]
Unit = Literal[
    "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "business day"
]
# In microseconds, which all times of raw data are counted in.
FIXED: dict[Unit, int] = {
    "microsecond": 1,
    "millisecond": 1000,
    "second": 10**6,
    "minute": 60 * 10**6,
    "hour": 3600 * 10**6,
    "day": 24 * 3600 * 10**6,
    "week": 7 * 24 * 3600 * 10**6,
}
MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}
DAYS: dict[Unit, int] = {"day": 1, "week": 7}
SATURDAY = 5
# 1970-01-01 was a Thursday; Monday is 0.
EPOCH_WEEKDAY = 3
# More than this part of the steps must be alike, or there is no usual one.
USUAL_SHARE = 0.5


@dataclass(frozen=True)
class TimeStep:
    """
    >>> str(TimeStep(1, "business day")), str(TimeStep(15, "minute"))
    ('1 business day', '15 minutes')
    """

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    def lengths(self, times: Times) -> Differences:
        """How many of these steps it is from each time to the next one.

        >>> TimeStep(1, "month").lengths(np.array(["2020-01-31", "2020-02-29", "2020-05-31"], "M8[us]")).tolist()
        [1.0, 3.0]
        """
        return _differences(times, self.unit) / self.count


def find_usual_step(splits: Sequence[Times]) -> TimeStep | None:
    """The step that more than half of the steps are, or None. The times of each split ascend.

    >>> day = np.arange("2020-01-01", "2020-03-01", dtype="M8[D]")
    >>> str(find_usual_step([day])), str(find_usual_step([day[np.is_busday(day)]])), find_usual_step([day[:1]])
    ('1 day', '1 business day', None)
    """
    steps = _all_differences(splits, "microsecond")
    if not len(steps):
        return None
    fixed = _most_frequent(steps)
    if (months := _usual_months(splits, varying=fixed is None)) is not None:
        return months
    if _has_business_days(splits):
        return TimeStep(1, "business day")
    if fixed is not None:
        return _fixed_step(fixed)
    # Once a day, at other times of day.
    days = _all_differences(splits, "day")
    usual_days = _most_frequent(days) if days.min() > 0 else None
    return None if usual_days is None else _fixed_step(usual_days * FIXED["day"])


def _usual_months(splits: Sequence[Times], varying: bool) -> TimeStep | None:
    """A row in a month at most, always on the same day of the month or on its last day, or on varying days."""
    months = _all_differences(splits, "month")
    usual = _most_frequent(months) if months.min() > 0 else None
    if usual is None or not (varying or _same_day_of_month(splits)):
        return None
    if usual % MONTHS["year"] == 0:
        return TimeStep(usual // MONTHS["year"], "year")
    return TimeStep(1, "quarter") if usual == MONTHS["quarter"] else TimeStep(usual, "month")


def _same_day_of_month(splits: Sequence[Times]) -> bool:
    times = np.concatenate(splits)
    from_start, to_end = times - times.astype("M8[M]"), (times.astype("M8[M]") + 1) - times.astype("M8[D]")
    return len(np.unique(from_start)) == 1 or len(np.unique(to_end)) == 1


def _has_business_days(splits: Sequence[Times]) -> bool:
    """A row on most days from Monday to Friday, none at weekends, and at least one weekend in between."""
    weekday = (np.concatenate(splits).astype("M8[D]").astype(np.int64) + EPOCH_WEEKDAY) % 7
    days, business_days = _all_differences(splits, "day"), _all_differences(splits, "business day")
    return bool(
        weekday.max() < SATURDAY
        and days.min() > 0
        and _most_frequent(business_days) == 1
        and (days > business_days).any()
        and _most_frequent(days) == 1
    )


def _fixed_step(microseconds: int) -> TimeStep:
    """In the longest unit that divides it.

    >>> [str(_fixed_step(seconds * 10**6)) for seconds in (90, 5400, 7 * 86400)]
    ['90 seconds', '90 minutes', '1 week']
    """
    unit = next(unit for unit in reversed(FIXED) if microseconds % FIXED[unit] == 0)
    return TimeStep(microseconds // FIXED[unit], unit)


def _most_frequent(differences: Differences) -> int | None:
    """None if it is not more than half of all.

    >>> _most_frequent(np.array([1.0, 1.0, 3.0])), _most_frequent(np.array([1.0, 2.0, 3.0]))
    (1, None)
    """
    values, counts = np.unique(differences, return_counts=True)
    most = counts.argmax()
    return int(values[most]) if counts[most] > USUAL_SHARE * len(differences) else None


def _all_differences(splits: Sequence[Times], unit: Unit) -> Differences:
    return np.concatenate([_differences(times, unit) for times in splits])


def _differences(times: Times, unit: Unit) -> Differences:
    """From each time to the next one. Days are those of the calendar if no two times are on the same one."""
    days = times.astype("M8[D]")
    if unit in MONTHS:
        return _steps(times.astype("M8[M]").astype(np.int64)) / MONTHS[unit]
    if unit == "business day":
        return np.busday_count(days[:-1], days[1:]).astype(np.float64)
    days_between = _steps(days.astype(np.int64))
    if unit in DAYS and (days_between > 0).all():
        return days_between / DAYS[unit]
    return _steps(times.astype("M8[us]").astype(np.int64)) / FIXED[unit]


def _steps(numbers: NDArray[np.int64]) -> Differences:
    return (numbers[1:] - numbers[:-1]).astype(np.float64)
