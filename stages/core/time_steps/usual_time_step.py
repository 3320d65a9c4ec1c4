"""The usual step between the times of a series: a calendar step such as a month, or a fixed one such as an hour."""

from collections.abc import Iterable, Iterator, Sequence
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
# Steps that are measured at once, so that any number of times takes bounded memory.
STEPS_AT_ONCE = 1 << 20
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
        return np.concatenate([np.empty(0), *self.lengths_by_piece(times)])

    def lengths_by_piece(self, times: Times) -> Iterator[Differences]:
        """The same, a part at a time."""
        return (differences / self.count for differences in _Steps([times], self.unit))


def find_usual_step(splits: Sequence[Times]) -> TimeStep | None:
    """The step that more than half of the steps are, or None. The times of each split ascend.

    >>> day = np.arange("2020-01-01", "2020-03-01", dtype="M8[D]")
    >>> str(find_usual_step([day])), str(find_usual_step([day[np.is_busday(day)]])), find_usual_step([day[:1]])
    ('1 day', '1 business day', None)
    """
    if all(len(times) < 2 for times in splits):
        return None
    fixed = _most_frequent(_Steps(splits, "microsecond"))
    if (months := _usual_months(splits, varying=fixed is None)) is not None:
        return months
    if _has_business_days(splits):
        return TimeStep(1, "business day")
    if fixed is not None:
        return _fixed_step(fixed)
    # Once a day, at other times of day.
    days = _Steps(splits, "day")
    usual_days = _most_frequent(days) if days.shortest() > 0 else None
    return None if usual_days is None else _fixed_step(usual_days * FIXED["day"])


def _usual_months(splits: Sequence[Times], varying: bool) -> TimeStep | None:
    """A row in a month at most, always on the same day of the month or on its last day, or on varying days."""
    months = _Steps(splits, "month")
    usual = _most_frequent(months) if months.shortest() > 0 else None
    if usual is None or not (varying or _same_day_of_month(splits)):
        return None
    if usual % MONTHS["year"] == 0:
        return TimeStep(usual // MONTHS["year"], "year")
    return TimeStep(1, "quarter") if usual == MONTHS["quarter"] else TimeStep(usual, "month")


def _same_day_of_month(splits: Sequence[Times]) -> bool:
    from_start, to_end = set[np.timedelta64](), set[np.timedelta64]()
    for times in _pieces_of_all(splits):
        month = times.astype("M8[M]")
        from_start.update(np.unique(times - month)[:2])
        to_end.update(np.unique((month + 1) - times.astype("M8[D]"))[:2])
        if min(len(from_start), len(to_end)) > 1:
            return False
    return True


def _has_business_days(splits: Sequence[Times]) -> bool:
    """A row on most days from Monday to Friday, none at weekends, and at least one weekend in between."""
    days, business_days = _Steps(splits, "day"), _Steps(splits, "business day")
    return bool(
        max(_last_weekday(times) for times in _pieces_of_all(splits)) < SATURDAY
        and days.shortest() > 0
        and _most_frequent(business_days) == 1
        and any((longer > shorter).any() for longer, shorter in zip(days, business_days, strict=True))
        and _most_frequent(days) == 1
    )


def _last_weekday(times: Times) -> int:
    return int(((times.astype("M8[D]").astype(np.int64) + EPOCH_WEEKDAY) % 7).max())


def _fixed_step(microseconds: int) -> TimeStep:
    """In the longest unit that divides it.

    >>> [str(_fixed_step(seconds * 10**6)) for seconds in (90, 5400, 7 * 86400)]
    ['90 seconds', '90 minutes', '1 week']
    """
    unit = next(unit for unit in reversed(FIXED) if microseconds % FIXED[unit] == 0)
    return TimeStep(microseconds // FIXED[unit], unit)


def _most_frequent(pieces: Iterable[Differences]) -> int | None:
    """None if it is not more than half of all. What is more than half of all is more than half of a piece.

    >>> _most_frequent([np.array([1.0, 1.0, 3.0])]), _most_frequent([np.array([1.0, 2.0]), np.array([2.0, 2.0])])
    (1, 2)
    >>> _most_frequent([np.array([1.0, 2.0, 3.0])])
    """
    frequent: set[float] = set()
    for piece in pieces:
        values, counts = np.unique(piece, return_counts=True)
        frequent.update(values[counts > USUAL_SHARE * len(piece)].tolist())
    counted, total = dict.fromkeys(frequent, 0), 0
    for piece in pieces:
        total += len(piece)
        for value in frequent:
            counted[value] += int((piece == value).sum())
    return next((int(value) for value, count in counted.items() if count > USUAL_SHARE * total), None)


@dataclass(frozen=True)
class _Steps:
    """From each time of each split to the next one, a piece at a time.

    Days are those of the calendar if no two times of the split are on the same one.
    """

    splits: Sequence[Times]
    unit: Unit

    def __iter__(self) -> Iterator[Differences]:
        for times in self.splits:
            whole_days = self.unit in DAYS and all((_days_between(piece) > 0).all() for piece in _pieces(times))
            for piece in _pieces(times):
                yield _days_between(piece) / DAYS[self.unit] if whole_days else _differences(piece, self.unit)

    def shortest(self) -> float:
        return min(float(piece.min()) for piece in self)


def _pieces(times: Times) -> Iterator[Times]:
    """Each begins with the last time of the one before."""
    for start in range(0, len(times) - 1, STEPS_AT_ONCE):
        yield np.asarray(times[start : start + STEPS_AT_ONCE + 1])


def _pieces_of_all(splits: Sequence[Times]) -> Iterator[Times]:
    return (np.asarray(times[n : n + STEPS_AT_ONCE]) for times in splits for n in range(0, len(times), STEPS_AT_ONCE))


def _differences(times: Times, unit: Unit) -> Differences:
    if unit in MONTHS:
        return _steps(times.astype("M8[M]").astype(np.int64)) / MONTHS[unit]
    if unit == "business day":
        days = times.astype("M8[D]")
        return np.busday_count(days[:-1], days[1:]).astype(np.float64)
    return _steps(times.astype("M8[us]").astype(np.int64)) / FIXED[unit]


def _days_between(times: Times) -> Differences:
    return _steps(times.astype("M8[D]").astype(np.int64))


def _steps(numbers: NDArray[np.int64]) -> Differences:
    return (numbers[1:] - numbers[:-1]).astype(np.float64)
