"""The time column of a series: every row has a time, and each is later than the one before."""

import pandas as pd

from stages.core.errors import UserError, format_examples

ISO = "ISO8601"
EPOCHS = {"epoch_s": "s", "epoch_ms": "ms", "epoch_us": "us"}
# What is later was counted in a finer unit than was said: milliseconds of today read as seconds.
LATEST = pd.Timestamp("2262-01-01", tz="UTC")


def dated(column: pd.Series, written: str | None) -> pd.Series:
    """Microseconds without a zone; a time that names its offset becomes UTC. Rows are counted from 1."""
    times = _times(column, written or ISO)
    if times.isna().any():
        raise UserError(_unreadable(column, times, written))
    if late := _not_later(times):
        raise UserError(
            f"column {column.name!r}: each time must be later than the one before; {len(late)} are not: "
            f"{format_examples(late)}; sort the file or drop the repeats"
        )
    return times.dt.tz_localize(None).dt.as_unit("us")


def _times(column: pd.Series, written: str) -> pd.Series:
    if written in EPOCHS:
        return _since_epoch(column, EPOCHS[written])
    try:
        return pd.to_datetime(_text(column), format=written, errors="coerce", utc=True)
    except ValueError as error:
        raise UserError(f"time_format {written!r}: {error}") from None


def _since_epoch(column: pd.Series, unit: str) -> pd.Series:
    counts = pd.to_numeric(column, errors="coerce")
    times = pd.to_datetime(counts, unit=unit, errors="coerce", utc=True)
    return times.where(times < LATEST)


def _text(column: pd.Series) -> pd.Series:
    """A plain number is a year or a compact date as written, not nanoseconds since 1970."""
    is_time = pd.api.types.is_datetime64_any_dtype(column)
    return column if is_time else column.astype("str")


def _unreadable(column: pd.Series, times: pd.Series, written: str | None) -> str:
    wrong = column[times.isna()]
    rows = format_examples(f"row {row + 1} {value!r}" for row, value in wrong.items())
    form = f"written as {written}" if written else "ISO 8601 dates; set time_format if they are written otherwise"
    return f"column {column.name!r}: {len(wrong)} values are not {form}: {rows}"


def _not_later(times: pd.Series) -> list[str]:
    earlier = times.shift()
    return [f"row {row + 1} {times[row]} after {earlier[row]}" for row in times.index[times <= earlier]]
