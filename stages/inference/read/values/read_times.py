"""Columns of times, as download reads them, but without pandas."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np

from stages.core.columns.features.values_as_text import number_or_none, value_text
from stages.inference.read.values.read_values import ReadValues, describe

TIME_TYPE = "datetime64[us]"
ISO_8601 = "ISO8601"
UNITS_PER_SECOND = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Later times come from a wrong unit, for example milliseconds read as seconds.
LATEST_EPOCH = datetime(2262, 1, 1, tzinfo=UTC)
ISO = re.compile(
    r"\s*(?P<year>[0-9]{4})"
    r"(?:(?P<between>[-/. ])(?P<month>[0-9]{1,2})(?:(?P=between)(?P<day>[0-9]{1,2}))?"
    r"|(?P<compact_month>[0-9]{2})(?P<compact_day>[0-9]{2}))?"
    r"(?P<clock>[T ](?P<hour>[0-9]{2})"
    r"(?::(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]*))?)?"
    r"|(?P<compact_minute>[0-9]{2})(?:(?P<compact_second>[0-9]{2})(?:\.(?P<compact_fraction>[0-9]*))?)?)?"
    r"\s*(?P<zone>Z|(?P<sign>[-+])(?P<zone_hour>[0-9]{1,2}):?(?P<zone_minute>[0-9]{2})?)?\s*)?"
)
MICROSECOND_DIGITS = 6
Parse = Callable[[str], datetime | None]


class TimeReader:
    """`time_format` is that of download; None for ISO 8601. Times with an offset are converted to UTC."""

    def __init__(self, missing: Sequence[str], time_format: str | None, required: bool) -> None:
        self._missing = frozenset(missing)
        self._format = time_format
        self._parse = _parser(time_format)
        self._required = required

    def __call__(self, values: Sequence[Any]) -> ReadValues:
        if isinstance(values, np.ndarray) and values.dtype.kind == "M":
            return ReadValues(values.astype(TIME_TYPE), self._gaps(np.isnat(values).tolist()))
        found = np.zeros(len(values), TIME_TYPE)
        wrong: dict[int, str] = {}
        for position, value in enumerate(values):
            if value is None or (isinstance(value, str) and value in self._missing):
                found[position] = np.datetime64("NaT")
                wrong |= {position: "no time"} if self._required else {}
            elif (time := self._time(value)) is None:
                wrong[position] = f"{describe(value)} is not a time {self._how_written}"
            else:
                found[position] = np.datetime64(time, "us")
        return ReadValues(found, wrong)

    @property
    def _how_written(self) -> str:
        return f"written as {self._format}" if self._format else "of ISO 8601, such as 2020-01-31 or 2020-01-31T12:30"

    def _gaps(self, missing: Sequence[bool]) -> dict[int, str]:
        return {n: "no time" for n, is_gap in enumerate(missing) if is_gap} if self._required else {}

    def _time(self, value: Any) -> datetime | None:
        """The time in UTC, without its zone."""
        time = value if isinstance(value, datetime) else None
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            time = self._parse(value_text(value))
        try:
            return time if time is None or time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:  # before the first year, or after the last one, in UTC
            return None


def _parser(time_format: str | None) -> Parse:
    if time_format is None or time_format == ISO_8601:
        return parse_iso
    if time_format in UNITS_PER_SECOND:
        return lambda text: parse_epoch(text, UNITS_PER_SECOND[time_format])
    return lambda text: parse_by_format(text, time_format)


def parse_iso(text: str) -> datetime | None:
    """
    >>> parse_iso("2020-01-31"), parse_iso("20200131 0930"), parse_iso("2020-01-32")
    (datetime.datetime(2020, 1, 31, 0, 0), datetime.datetime(2020, 1, 31, 9, 30), None)
    """
    if not (found := ISO.fullmatch(text)):
        return None
    month, day = found["month"] or found["compact_month"], found["day"] or found["compact_day"]
    if found["clock"] and not day:
        return None
    fraction = found["fraction"] or found["compact_fraction"] or ""
    try:
        return datetime(
            int(found["year"]),
            int(month or 1),
            int(day or 1),
            int(found["hour"] or 0),
            int(found["minute"] or found["compact_minute"] or 0),
            int(found["second"] or found["compact_second"] or 0),
            int(fraction[:MICROSECOND_DIGITS].ljust(MICROSECOND_DIGITS, "0")),
            _zone(found),
        )
    except ValueError:  # no such day or hour
        return None


def _zone(found: re.Match[str]) -> timezone | None:
    if not found["zone"]:
        return None
    if found["zone"] == "Z":
        return UTC
    hours, minutes = int(found["zone_hour"]), int(found["zone_minute"] or 0)
    if hours >= 24 or minutes >= 60:
        raise ValueError("no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found["sign"] == "-" else offset)


def parse_epoch(text: str, units_per_second: int) -> datetime | None:
    """
    >>> parse_epoch("1.5", 1), parse_epoch("x", 1)
    (datetime.datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=datetime.timezone.utc), None)
    """
    number = number_or_none(text)
    if number is None:
        return None
    try:
        time = EPOCH + timedelta(microseconds=_microseconds(number, 1_000_000 // units_per_second))
    except OverflowError:
        return None
    return time if time < LATEST_EPOCH else None


def _microseconds(count: float, unit: int) -> int:
    """As pandas: whole units are exact, and a fraction of one is rounded down to microseconds."""
    whole = int(count // 1)
    return whole * unit + int(round((count - whole) * unit * 1000) // 1000)


def parse_by_format(text: str, time_format: str) -> datetime | None:
    """By a format of strptime. A year of one digit, as in 1-01 with %y-%m, is a year from 2001 on."""
    if time_format.startswith("%y"):
        text = re.sub(r"^\s*(\d)(?!\d)", r"0\1", text)
    if "%f" in time_format:
        text = re.sub(r"(\.\d{6})\d{1,3}(?!\d)", r"\1", text)
    try:
        return datetime.strptime(text, time_format)
    except ValueError:
        return None
