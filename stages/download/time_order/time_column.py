"""The column of times of a series, which may come in parts: its times, and whether they are in order.

Messages count rows from 1, over all parts.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

import pandas as pd

from stages.core.errors import MAX_EXAMPLES, UserError
from stages.download.formats.tables.time_formats import ISO, guess_common_time_format, parse_as


def parse_times(column: pd.Series, time_format: str | None) -> pd.Series:
    """Times in microseconds without a time zone. Times with an offset are converted to UTC.

    Every row needs a time.
    """
    parser = TimeParser(time_format)
    times = parser.parse(column)
    parser.check(str(column.name), lambda: [column])
    return times


def check_time_order(times: pd.Series, may_repeat: bool = False) -> None:
    """Every time must be later than that of the row before, or equal if it `may_repeat`."""
    order = TimeOrder(may_repeat)
    order.add(times)
    order.check(str(times.name))


class _Rows:
    """Counts rows with a problem, and keeps the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._examples: list[str] = []

    def add(self, descriptions: Iterable[str], count: int) -> None:
        self._examples += islice(descriptions, MAX_EXAMPLES - len(self._examples))
        self.count += count

    def __str__(self) -> str:
        more = self.count - len(self._examples)
        return ", ".join(self._examples) + (f" and {more} more" if more else "")


class TimeParser:
    """Parses one part after another, and counts values that are no times, for which the part has gaps."""

    def __init__(self, time_format: str | None) -> None:
        self._format = time_format
        self._rows = 0
        self.unreadable = _Rows()

    def parse(self, column: pd.Series) -> pd.Series:
        times = parse_as(column, self._format or ISO)
        wrong = column[times.isna()]
        self.unreadable.add((f"row {self._rows + row + 1} {value!r}" for row, value in wrong.items()), len(wrong))
        self._rows += len(column)
        return times.dt.tz_localize(None).dt.as_unit("us")

    def check(self, name: str, parts: Callable[[], Iterable[pd.Series]]) -> None:
        """Raises UserError for unreadable values; `parts` gives the values again, to look for a format that fits."""
        if self.unreadable.count:
            expected = f"written as {self._format}" if self._format else "ISO 8601 dates"
            advice = _suggest_format(lambda: (part.dropna().astype("str").tolist() for part in parts()))
            raise UserError(
                f"column {name!r}: {self.unreadable.count} values are not {expected}: {self.unreadable}; {advice}"
            )


def _suggest_format(parts: Callable[[], Iterable[Sequence[str]]]) -> str:
    formats = guess_common_time_format(parts)
    if formats == [ISO]:
        return "all values are ISO 8601 dates; leave time_format out"
    if formats:
        return f"all values fit time_format: {' or '.join(map(repr, formats))}" + (
            "; write the one that is meant" if len(formats) > 1 else ""
        )
    return "set time_format for another format"


class TimeOrder:
    """Whether the times of one part after another are in order."""

    def __init__(self, may_repeat: bool = False) -> None:
        self._may_repeat = may_repeat
        self._rows = 0
        self._last: pd.Timestamp | None = None
        self._not_later = _Rows()
        self._is_ascending = True

    def add(self, times: pd.Series) -> None:
        """The index begins at 0."""
        if times.empty:
            return
        previous = times.shift()
        if self._last is not None:
            previous.iloc[0] = self._last
        earlier = times < previous
        wrong = times.index[earlier if self._may_repeat else times <= previous]
        descriptions = (f"row {self._rows + row + 1} {times[row]} after {previous[row]}" for row in wrong)
        self._not_later.add(descriptions, len(wrong))
        self._is_ascending = self._is_ascending and not earlier.any()
        self._rows += len(times)
        self._last = times.iloc[-1]

    @property
    def is_right(self) -> bool:
        return not self._not_later.count

    def check(self, name: str) -> None:
        if not self.is_right:
            repeated = "remove repeated times, or set resample, which makes one row of each period"
            solution = repeated if self._is_ascending else "sort: true sorts the rows"
            raise UserError(
                f"column {name!r}: each time must be later than the one before; {self._not_later.count} are not: "
                f"{self._not_later}; {solution}"
            )
