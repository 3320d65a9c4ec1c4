"""A column of dates, as parts of the calendar and as days since the first training row."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.column_kind import Floats
from stages.core.columns.column_params import DateParams, DatePart
from stages.core.columns.features.feature import Feature, Mask, ParsedValues, Summary
from stages.core.columns.features.values_as_text import convert_different_values

TIME_TYPE = "datetime64[us]"
MICROSECONDS_PER_DAY = 86_400_000_000
# The smallest value of each part and the number of its values. A year does not return.
CYCLES: dict[DatePart, tuple[int, int]] = {
    "quarter": (1, 4),
    "month": (1, 12),
    "day": (1, 31),
    "weekday": (0, 7),
    "day_of_year": (1, 366),
    "hour": (0, 24),
    "minute": (0, 60),
}
DIGITS = "0123456789"
# Where a time such as 2024-02-29 13:45:00 has no digit.
SEPARATORS = {4: "-", 7: "-", 10: " T", 13: ":", 16: ":"}
# Libraries compute the last bits of a sine differently.
SINE_DIGITS = 12


class DateFeature(Feature):
    fill_options: ClassVar[str] = "median or most_frequent"

    kind: Literal["date"] = "date"
    params: DateParams
    fill: str | None = None
    # The first date of the training rows.
    first: str | None = None

    @property
    def expected(self) -> str:
        return f"dates written as {self.params.format}" if self.params.format else "ISO 8601 dates (set format)"

    @property
    def outputs(self) -> list[str]:
        outputs = []
        for part in self.params.parts:
            waves = [" sin", " cos"] if self._is_cyclic(part) else [""]
            outputs += [f"{self.column} {part}{wave}" for wave in waves]
        outputs += [f"{self.column} days"] * self.params.elapsed
        return self._with_indicator(outputs, f"{self.column} missing")

    @property
    def is_scaled(self) -> list[bool]:
        return [not name.endswith((" sin", " cos", " missing")) for name in self.outputs]

    def _parse(self, values: NDArray[Any], missing: Mask) -> ParsedValues:
        times, wrong = np.zeros(len(values), TIME_TYPE), np.zeros(len(values), np.bool_)
        present = values[~missing]
        plain = None if self.params.format else plain_iso_times(present)
        if values.dtype.kind == "M":
            times[~missing] = present
        elif plain is not None:
            times[~missing] = plain
        else:
            times[~missing], wrong[~missing] = convert_different_values(
                present, self._time_or_none, TIME_TYPE, np.datetime64(0, "us")
            )
        return ParsedValues(times, missing, wrong)

    def _time_or_none(self, text: str) -> np.datetime64 | None:
        try:
            time = datetime.strptime(text, self.params.format) if self.params.format else datetime.fromisoformat(text)
        except ValueError:
            return None
        # Without time zone: the calendar of the place where the value was written.
        return np.datetime64(time.replace(tzinfo=None), "us")

    def _learned(self, counts: Summary) -> dict[str, Any]:
        return {"first": _iso_text(counts.first)}

    def _to_numbers(self, values: NDArray[Any], missing: Mask) -> Floats:  # noqa: ARG002
        columns: list[NDArray[np.float64]] = []
        for part in self.params.parts:
            number = date_part(values, part)
            columns += _sine_and_cosine(number, *CYCLES[part]) if self._is_cyclic(part) else [number.astype(np.float64)]
        if self.params.elapsed:
            since = (values - np.datetime64(self.first, "us")).astype(np.int64)
            columns.append(since / MICROSECONDS_PER_DAY)
        return np.column_stack(columns)

    def _is_cyclic(self, part: DatePart) -> bool:
        return self.params.cyclic and part in CYCLES

    def _to_record(self, value: Any) -> str:
        return _iso_text(value)

    def _from_record(self, value: Any) -> Any:
        return np.datetime64(value, "us")


def plain_iso_times(values: NDArray[Any]) -> NDArray[np.datetime64] | None:
    """All texts at once, if they are all dates such as 2024-02-29, or all times such as 2024-02-29 13:45:00. Otherwise
    None: then each different text is parsed by itself, which takes five times as long.

    >>> plain_iso_times(np.array(["2024-02-29 13:45:00"], object)), plain_iso_times(np.array(["2024-02-30"], object))
    (array(['2024-02-29T13:45:00.000000'], dtype='datetime64[us]'), None)
    """
    if values.dtype.kind != "O" or not len(values) or not isinstance(values[0], str):
        return None
    length = len(values[0])
    if length not in (10, 19) or not all(isinstance(value, str) and len(value) == length for value in values):
        return None
    texts = values.astype(f"U{length}")
    letters = texts.view(np.uint32).reshape(len(texts), length)
    for position, letter in enumerate(letters.T):
        allowed = SEPARATORS.get(position, DIGITS)
        if not np.isin(letter, [*map(ord, allowed)]).all():
            return None
    try:
        times: NDArray[np.datetime64] = texts.astype(TIME_TYPE)
    except ValueError:  # no day of the calendar, or no time of a day
        return None
    # Python knows no year 0.
    return times if (times >= np.datetime64("0001-01-01")).all() else None


def _iso_text(time: np.datetime64) -> str:
    """
    >>> _iso_text(np.datetime64("2024-02-29T00:00", "us")), _iso_text(np.datetime64("2024-02-29T12:30", "us"))
    ('2024-02-29', '2024-02-29T12:30:00.000000')
    """
    return str(time).removesuffix("T00:00:00.000000")


def date_part(times: NDArray[Any], part: DatePart) -> NDArray[np.int64]:
    """
    >>> date_part(np.array(["2024-02-29T13:45"], "datetime64[us]"), "weekday")  # a Thursday; Monday is 0
    array([3])
    """
    return PARTS[part](times)


def _units_since_1970(times: NDArray[Any], unit: str) -> NDArray[np.int64]:
    """Whole years, months, days, hours or minutes."""
    numbers: NDArray[np.int64] = times.astype(f"datetime64[{unit}]").astype(np.int64)
    return numbers


def _days_since_start_of(times: NDArray[Any], unit: str) -> NDArray[np.int64]:
    start = times.astype(f"datetime64[{unit}]").astype("datetime64[D]")
    days: NDArray[np.int64] = (times.astype("datetime64[D]") - start).astype(np.int64)
    return days


PARTS: dict[DatePart, Callable[[NDArray[Any]], NDArray[np.int64]]] = {
    "year": lambda times: 1970 + _units_since_1970(times, "Y"),
    "quarter": lambda times: 1 + _units_since_1970(times, "M") % 12 // 3,
    "month": lambda times: 1 + _units_since_1970(times, "M") % 12,
    "day": lambda times: 1 + _days_since_start_of(times, "M"),
    # 1970-01-01 was a Thursday.
    "weekday": lambda times: (_units_since_1970(times, "D") + 3) % 7,
    "day_of_year": lambda times: 1 + _days_since_start_of(times, "Y"),
    "hour": lambda times: _units_since_1970(times, "h") % 24,
    "minute": lambda times: _units_since_1970(times, "m") % 60,
}


def _sine_and_cosine(numbers: NDArray[np.int64], first: int, count: int) -> list[NDArray[np.float64]]:
    """
    >>> [wave.tolist() for wave in _sine_and_cosine(np.array([1, 4]), 1, 12)]
    [[0.0, 1.0], [1.0, 0.0]]
    """
    angles = [2 * math.pi * n / count for n in range(count)]
    return [
        np.array([round(wave(angle), SINE_DIGITS) + 0.0 for angle in angles])[numbers - first]
        for wave in (math.sin, math.cos)
    ]
