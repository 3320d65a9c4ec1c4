"""The columns that are kept of a file, and the time column of a series."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from stages.core.errors import ErrorList, UserError, format_examples, suggest
from stages.download.formats.time_formats import ISO, guess_time_format, parse_as
from stages.download.params.file_params import TableOptions


def choose_columns(found: Sequence[str], params: TableOptions) -> list[str]:
    """The columns to read, in the requested order, after a check that each occurs exactly once."""
    columns = list(found) if params.columns is None else params.columns
    errors, counts = ErrorList(), Counter(found)
    for name in dict.fromkeys([*columns, *params.required_columns]):
        if name not in counts:  # a suggestion takes a while, and tables may have thousands of columns
            errors.add(f"no column {name!r}; {suggest(name, found)}")
        errors.check(counts[name] < 2, f"column {name!r} occurs {counts[name]} times; rename all but one")
    errors.raise_if_any()
    return columns


def parse_times(column: pd.Series, time_format: str | None) -> pd.Series:
    """Times in microseconds without a time zone. Times with an offset are converted to UTC.

    Every row needs a time. Messages count rows from 1.
    """
    times = parse_as(column, time_format or ISO)
    unreadable = column[times.isna()]
    if not unreadable.empty:
        rows = format_examples(f"row {row + 1} {value!r}" for row, value in unreadable.items())
        expected = f"written as {time_format}" if time_format else "ISO 8601 dates"
        raise UserError(
            f"column {column.name!r}: {len(unreadable)} values are not {expected}: {rows}; {_suggest_format(column)}"
        )
    return times.dt.tz_localize(None).dt.as_unit("us")


def _suggest_format(column: pd.Series) -> str:
    formats = guess_time_format(column.dropna().astype("str").tolist())
    if formats == [ISO]:
        return "all values are ISO 8601 dates; leave time_format out"
    if formats:
        return f"all values fit time_format: {' or '.join(map(repr, formats))}" + (
            "; write the one that is meant" if len(formats) > 1 else ""
        )
    return "set time_format for another format"


def check_time_order(times: pd.Series, may_repeat: bool = False) -> None:
    """Every time must be later than that of the row before, or equal if it `may_repeat`. Messages count rows from 1."""
    previous = times.shift()
    wrong = times < previous if may_repeat else times <= previous
    if not_later := [f"row {row + 1} {times[row]} after {previous[row]}" for row in times.index[wrong]]:
        repeated = "remove repeated times, or set resample, which makes one row of each period"
        solution = repeated if times.is_monotonic_increasing else "sort: true sorts the rows"
        raise UserError(
            f"column {times.name!r}: each time must be later than the one before; {len(not_later)} are not: "
            f"{format_examples(not_later)}; {solution}"
        )
