"""The columns that are kept of a file, their types, and the time column of a series."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from stages.core.errors import ErrorList, UserError, format_examples, suggest
from stages.download.params.file_params import Files

EPOCH_UNITS = {"epoch_s": "s", "epoch_ms": "ms", "epoch_us": "us"}
# Later times come from a wrong unit, for example milliseconds read as seconds.
MAX_TIME = pd.Timestamp("2262-01-01", tz="UTC")


def choose_columns(found: Sequence[str], params: Files) -> list[str]:
    """The columns to read, in the requested order, after a check that each occurs exactly once."""
    columns = list(found) if params.columns is None else params.columns
    errors = ErrorList()
    for name in dict.fromkeys([*columns, *params.required_columns]):
        count = found.count(name)
        errors.check(count > 0, f"no column {name!r}; {suggest(name, found)}")
        errors.check(count < 2, f"column {name!r} occurs {count} times; rename all but one")
    errors.raise_if_any()
    return columns


def plain_frame(table: pa.Table, class_columns: Sequence[str]) -> pd.DataFrame:
    """Columns of numbers, text, truth values and times. Columns of classes are text, also if they look like numbers."""
    errors = ErrorList()
    for field in table.schema:
        nested = pa.types.is_nested(field.type) or pa.types.is_binary(field.type)
        errors.check(not nested, f"column {field.name!r} holds {field.type}; leave it out of `columns`")
    errors.raise_if_any()
    types = [(f.name, pa.string() if f.name in class_columns else _plain_type(f.type)) for f in table.schema]
    return table.replace_schema_metadata(None).cast(pa.schema(types)).to_pandas()


def _plain_type(arrow_type: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(arrow_type):
        return _plain_type(arrow_type.value_type)
    if pa.types.is_null(arrow_type) or pa.types.is_decimal(arrow_type):
        return pa.float64()
    return pa.timestamp("us") if pa.types.is_date(arrow_type) else arrow_type


def parse_times(column: pd.Series, time_format: str | None) -> pd.Series:
    """Times in microseconds without a time zone. Times with an offset are converted to UTC.

    Every row needs a time that is later than that of the row before. Messages count rows from 1.
    """
    times = _parse(column, time_format or "ISO8601")
    unreadable = column[times.isna()]
    if not unreadable.empty:
        rows = format_examples(f"row {row + 1} {value!r}" for row, value in unreadable.items())
        expected = f"written as {time_format}" if time_format else "ISO 8601 dates; set time_format for another format"
        raise UserError(f"column {column.name!r}: {len(unreadable)} values are not {expected}: {rows}")
    previous = times.shift()
    if not_later := [f"row {row + 1} {times[row]} after {previous[row]}" for row in times.index[times <= previous]]:
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
