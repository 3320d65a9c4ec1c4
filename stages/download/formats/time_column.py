"""The time column of a series. Every row needs a time that is later than that of the row before."""

import pandas as pd

from stages.core.errors import UserError, format_examples

ISO_FORMAT = "ISO8601"
EPOCH_UNITS = {"epoch_s": "s", "epoch_ms": "ms", "epoch_us": "us"}
# Later times come from a wrong unit, for example milliseconds read as seconds.
MAX_TIME = pd.Timestamp("2262-01-01", tz="UTC")


def parse_times(column: pd.Series, time_format: str | None) -> pd.Series:
    """Times in microseconds without a time zone. Times with an offset are converted to UTC."""
    times = _parse(column, time_format or ISO_FORMAT)
    if times.isna().any():
        raise UserError(_describe_unreadable(column, times, time_format))
    if not_later := _times_not_later(times):
        raise UserError(
            f"column {column.name!r}: each time must be later than the one before; {len(not_later)} are not: "
            f"{format_examples(not_later)}; sort the rows or remove repeated times"
        )
    return times.dt.tz_localize(None).dt.as_unit("us")


def _parse(column: pd.Series, time_format: str) -> pd.Series:
    if time_format in EPOCH_UNITS:
        counts = pd.to_numeric(column, errors="coerce")
        times = pd.to_datetime(counts, unit=EPOCH_UNITS[time_format], errors="coerce", utc=True)
        return times.where(times < MAX_TIME)
    # As text, so that a number is a year or a compact date, and not nanoseconds since 1970.
    written = column if pd.api.types.is_datetime64_any_dtype(column) else column.astype("str")
    try:
        return pd.to_datetime(written, format=time_format, errors="coerce", utc=True)
    except ValueError as error:
        raise UserError(f"time_format {time_format!r}: {error}") from None


def _describe_unreadable(column: pd.Series, times: pd.Series, time_format: str | None) -> str:
    unreadable = column[times.isna()]
    rows = format_examples(f"row {row + 1} {value!r}" for row, value in unreadable.items())
    expected = f"written as {time_format}" if time_format else "ISO 8601 dates; set time_format for another format"
    return f"column {column.name!r}: {len(unreadable)} values are not {expected}: {rows}"


def _times_not_later(times: pd.Series) -> list[str]:
    """Rows are counted from 1."""
    previous = times.shift()
    return [f"row {row + 1} {times[row]} after {previous[row]}" for row in times.index[times <= previous]]
