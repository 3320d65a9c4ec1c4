"""Parameters of the periods of a series: their length, and how the rows of one become one row."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from stages.core.errors import suggest
from stages.core.parameters.params import Params

PERIOD = re.compile(r"([1-9][0-9]{0,5})?([A-Za-z]+)")
UNITS = ("s", "min", "h", "D", "B", "W", "MS", "ME", "QS", "QE", "YS", "YE")
# Other usual spellings, and what each may mean here.
OTHER_NAMES = {
    "seconds": "s",
    "minutes": "min",
    "t": "min",
    "hours": "h",
    "days": "D",
    "weeks": "W",
    "months": "MS or ME",
    "m": "min, MS or ME",
    "quarters": "QS or QE",
    "q": "QS or QE",
    "years": "YS or YE",
    "y": "YS or YE",
    "a": "YS or YE",
}
How = Literal["last", "first", "mean", "sum", "min", "max"]


def _check_every(every: str) -> str:
    if not (match := PERIOD.fullmatch(every)):
        raise ValueError(f"should be a number and a unit, such as 1D, 15min or 1MS; received {every!r}")
    if match[2] not in UNITS:
        raise ValueError(f"no unit {match[2]!r}; {_suggest_unit(match[2])}")
    return every


def _suggest_unit(name: str) -> str:
    """
    >>> _suggest_unit("H"), _suggest_unit("month"), _suggest_unit("M")
    ('did you mean h?', 'did you mean MS or ME?', 'did you mean min, MS or ME?')
    """
    lower = name.lower()
    meant = OTHER_NAMES.get(lower) or OTHER_NAMES.get(f"{lower}s")
    if meant is None and lower not in [unit.lower() for unit in UNITS]:
        return f"allowed: {', '.join(UNITS)}"
    return f"did you mean {meant}?" if meant else suggest(name, UNITS)


class Resample(Params):
    """A series gets one row for each period of the length `every`, made of the rows of that period.

    `every` is a number and a unit: `s`, `min`, `h`, `D` (days), `B` (business days), `W` (weeks from Monday), months,
    quarters and years (`ME`, `QE`, `YE`). The time of a row is the end of its period: of days and more its last day, of
    hours and less the full hour, which belongs to it. No row holds a value of a later time. Only `MS`, `QS` and `YS`
    name months, quarters and years by their first day, as many sources do; such a row is known at the end of its
    period.

    `how` is the value of a period, for all columns or by column: the `last` one, the `first`, or of numbers the `mean`,
    `sum`, `min` or `max`. Columns that it does not name, and columns of texts where it is of numbers, have the last
    value. Missing values are left out. `gaps` says what a period without rows gets: `forward` is the last known value
    of each column, also where the rows of a period have no value; `missing` leaves it empty, `refuse` is an error.
    """

    every: Annotated[str, AfterValidator(_check_every)]
    how: How | dict[str, How] = "last"
    gaps: Literal["forward", "refuse", "missing"] = "refuse"

    @property
    def count(self) -> int:
        """
        >>> Resample(every="15min").count, Resample(every="D").count
        (15, 1)
        """
        return int(PERIOD.fullmatch(self.every)[1] or 1)  # type: ignore[index]

    @property
    def unit(self) -> str:
        return self.every.lstrip("0123456789")

    @property
    def named_columns(self) -> list[str]:
        return list(self.how) if isinstance(self.how, dict) else []


def check_not_of_time(resample: Resample | None, time: str | None) -> None:
    """Raises ValueError if `how` names the column of times."""
    if resample is not None and time in resample.named_columns:
        raise ValueError(f"resample.how names {time!r}, the column of times; a row has the time of its period")
