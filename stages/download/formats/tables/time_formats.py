"""How times are written: parsing by a format, and the usual formats that fit some values."""

import re
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from stages.core.errors import UserError

ISO = "ISO8601"
EPOCH_UNITS = {"epoch_s": "s", "epoch_ms": "ms", "epoch_us": "us"}
# Later times come from a wrong unit, for example milliseconds read as seconds.
MAX_TIME = pd.Timestamp("2262-01-01", tz="UTC")
# Usual numbers of seconds since 1970 are times between these years.
USUAL_EPOCHS = (pd.Timestamp("1980-01-01", tz="UTC"), pd.Timestamp("2100-01-01", tz="UTC"))
DATES = (
    *("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m", "%Y/%m", "%Y.%m", "%Y%m", "%YM%m", "%Y %m", "%Y"),
    *("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y"),
    *("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d%b%Y"),
    *("%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%m/%Y", "%m-%Y", "%m.%Y", "%y-%m", "%Y-%j", "%Y%j"),
)
TIMES_OF_DAY = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%H")
SAMPLE = 50


def parse_as(values: pd.Series, time_format: str) -> pd.Series:
    """Times in UTC, or NaT for a value that is written in another way. Raises UserError for a wrong format.

    A year of one digit, as in 1-01 with %y-%m, is a year from 2001 on.
    """
    if time_format in EPOCH_UNITS:
        counts = pd.to_numeric(values, errors="coerce")
        times = pd.to_datetime(counts, unit=EPOCH_UNITS[time_format], errors="coerce", utc=True)
        return times.where(times < MAX_TIME)
    # As text, so that a number is a year or a compact date, and not nanoseconds since 1970.
    written = values if pd.api.types.is_datetime64_any_dtype(values) else values.astype("str")
    if time_format.startswith("%y"):
        written = written.str.replace(r"^\s*(\d)(?!\d)", r"0\1", regex=True)
    try:
        return pd.to_datetime(written, format=time_format, errors="coerce", utc=True)
    except ValueError as error:
        raise UserError(f"time_format {time_format!r}: {error}") from None


def guess_time_format(values: Sequence[str]) -> list[str]:
    """All usual formats that fit every value, those that take the order of day and month for granted last.

    The first one is ISO8601, which is the default, if it fits. Missing values must be left out.

    >>> guess_time_format(["2/13/2022", "2/14/2022"]), guess_time_format(["2/3/2022"])
    (['%m/%d/%Y'], ['%m/%d/%Y', '%d/%m/%Y'])
    >>> guess_time_format(["1-01", "1-02"]), guess_time_format(["2004-08-19"]), guess_time_format(["soon"])
    (['%y-%m'], ['ISO8601'], [])
    """
    return guess_common_time_format(lambda: [values])


def guess_common_time_format(parts: Callable[[], Iterable[Sequence[str]]]) -> list[str]:
    """As `guess_time_format`, for more values than fit into memory. The parts are read several times."""
    first = next((values[0] for values in parts() if values), None)
    if first is None:
        return []
    if all(_fits(values, ISO) for values in parts()):
        return [ISO]
    epochs = [name for name in EPOCH_UNITS if all(_is_usual_epoch(values, name) for values in parts())]
    return epochs or [name for name in _candidates(first) if all(_fits(values, name) for values in parts())]


def _candidates(value: str) -> list[str]:
    """Dates alone and with a time of day after a blank or T, as the first value has one or not."""
    if ":" not in value and not re.search(r"\d{4}[ T]\d{1,2}$", value):
        return list(DATES)
    between = "T" if re.search(r"\dT\d", value) else " "
    return [date + between + time for date in DATES for time in TIMES_OF_DAY]


def _fits(values: Sequence[str], time_format: str) -> bool:
    """A sample rules out most formats."""
    return all(parse_as(pd.Series(list(part)), time_format).notna().all() for part in (values[:SAMPLE], values))


def _is_usual_epoch(values: Sequence[str], name: str) -> bool:
    if not all(re.fullmatch(r"\s*\d{9,16}\s*", value) for value in values):
        return False
    times = parse_as(pd.Series(list(values)), name)
    return bool(times.between(*USUAL_EPOCHS).all())
