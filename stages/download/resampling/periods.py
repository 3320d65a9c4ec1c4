"""Numbers of the periods of a calendar, and the time of each.

Periods are counted from 1970, not from the first row, so that older rows do not move the others to other periods. A
period of hours or less begins after its first instant and ends with its last one, which is its time. So a series that
has one row in each period already keeps its times.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.datetime64]
Numbers = NDArray[np.int64]
MICROSECONDS = {"s": 10**6, "min": 60 * 10**6, "h": 3600 * 10**6}
DAYS = {"D": 1, "W": 7}
MONTHS = {"M": 1, "Q": 3, "Y": 12}
# 1970-01-01 was a Thursday; weeks begin on Monday.
MONDAY = 3
FIRST_DAY = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class Periods:
    """`count` units, as in Resample.every.

    >>> times = np.array(["2020-02-29T12:00", "2020-03-01"], "M8[us]")
    >>> Periods(1, "ME").times(Periods(1, "ME").numbers(times)).astype("M8[D]").tolist()
    [datetime.date(2020, 2, 29), datetime.date(2020, 3, 31)]
    """

    count: int
    unit: str

    def numbers(self, times: Times) -> Numbers:
        """The number of the period of each time."""
        if self.unit in MICROSECONDS:
            return -(-times.astype("M8[us]").astype(np.int64) // self._microseconds)
        days = times.astype("M8[D]")
        if self.unit == "B":
            # A row at a weekend is known on the next Monday.
            return np.busday_count(FIRST_DAY, np.busday_offset(days, 0, roll="forward")) // self.count
        if self.unit in DAYS:
            return (days.astype(np.int64) + self._shift) // self._days
        return days.astype("M8[M]").astype(np.int64) // self._months

    def times(self, numbers: Numbers) -> Times:
        """The time of the row of each period."""
        if self.unit in MICROSECONDS:
            return (numbers * self._microseconds).astype("M8[us]")
        if self.unit == "B":
            return np.busday_offset(FIRST_DAY, (numbers + 1) * self.count - 1).astype("M8[us]")
        if self.unit in DAYS:
            return ((numbers + 1) * self._days - self._shift - 1).astype("M8[D]").astype("M8[us]")
        if self.unit.endswith("S"):
            return (numbers * self._months).astype("M8[M]").astype("M8[us]")
        return (((numbers + 1) * self._months).astype("M8[M]").astype("M8[D]") - 1).astype("M8[us]")

    @property
    def _microseconds(self) -> int:
        return self.count * MICROSECONDS[self.unit]

    @property
    def _days(self) -> int:
        return self.count * DAYS[self.unit]

    @property
    def _shift(self) -> int:
        return MONDAY if self.unit == "W" else 0

    @property
    def _months(self) -> int:
        return self.count * MONTHS[self.unit[0]]
