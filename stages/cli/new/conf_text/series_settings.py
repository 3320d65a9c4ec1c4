"""What a forecast of a new series begins with: its season, the length of its windows, and the columns with a logarithm.

What is learned from values is learned from the rows that the default split trains on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.new.conf_text.default_models import default_window
from stages.cli.new.conf_text.default_split import TEST, VALIDATION
from stages.cli.new.conf_text.yaml_lines import flow
from stages.cli.new.describe.find_time_problems import ordered_times
from stages.cli.new.describe.new_dataset import NewDataset
from stages.core.time_steps.usual_time_step import FIXED, TimeStep, find_usual_step
from stages.download.formats.tables.time_formats import ISO, parse_as

if TYPE_CHECKING:
    import pandas as pd

# Times this many, from the smallest to the largest value: growth is a factor then rather than a difference.
WIDE_RANGE = 3.0
# The share of the variance that the means of the days of a week must have.
PATTERN_SHARE = 0.2
# The share of the variance of changes from row to row that may be left after a seasonal difference.
DIFFERENCE_SHARE = 0.5
# A window may have this share of the training rows, and has so many seasons if they fit.
LONGEST_WINDOW, SEASONS_IN_WINDOW = 1 / 3, 2
ROWS_OF_A_DAY, ROWS_OF_A_WEEK, MONTHS_OF_A_YEAR = FIXED["day"], 7, 12


@dataclass(frozen=True)
class SeriesSettings:
    """`season` is None if there is none, or if the rows are too few for it. `logs` are columns.

    `seasonal_difference` says whether values are differences from a season before.
    """

    season: int | None
    length: int
    logs: Sequence[str]
    seasonal_difference: bool

    @property
    def window(self) -> dict[str, int]:
        return {"length": self.length} | ({"season": self.season} if self.season else {})


def series_settings(dataset: NewDataset, gap_numbers: Mapping[str, float]) -> SeriesSettings:
    whole, training = ordered_frames(dataset)
    assert dataset.time is not None
    times = ordered_times(whole[dataset.time], dataset.time_format)
    step = find_usual_step([times]) if (times[1:] > times[:-1]).all() else None
    target = dataset.value_targets[0]
    first = training[target].dropna().to_numpy(np.float64)
    season, length = None if step is None else season_of(step, first), default_window(dataset.rows)
    longest = int(len(training) * LONGEST_WINDOW)
    if season is not None and season > longest:
        season = None
    if season is not None:
        length = max(length, season * min(SEASONS_IN_WINDOW, longest // season))
    logs = [name for name in number_columns(dataset) if name not in gap_numbers and grows(whole[name], training[name])]
    difference = season is not None and season_repeats(np.log(first) if target in logs else first, season)
    return SeriesSettings(season, length, logs, difference)


def ordered_frames(dataset: NewDataset) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """The rows of the first file in order of time: all of them, and those that the default split trains on."""
    frame = dataset.training_frame
    if dataset.sort:
        order = parse_as(frame[dataset.time], dataset.time_format or ISO).argsort(kind="stable")
        frame = frame.iloc[order]
    share = 1 - VALIDATION - (0 if dataset.has_test else TEST)
    return frame, frame.iloc[: max(1, round(len(frame) * share))]


def number_columns(dataset: NewDataset) -> list[str]:
    return [column.name for column in dataset.inputs if column.kind == "number"]


def season_of(step: TimeStep, values: NDArray[np.float64]) -> int | None:
    """The number of rows of a season, for rows at this step. `values` are those of the target.

    >>> season_of(TimeStep(1, "month"), np.zeros(0)), season_of(TimeStep(1, "quarter"), np.zeros(0))
    (12, 4)
    >>> season_of(TimeStep(1, "business day"), np.zeros(0)), season_of(TimeStep(30, "minute"), np.zeros(0))
    (None, 48)
    """
    match step.unit:
        case "month" if MONTHS_OF_A_YEAR % step.count == 0 and step.count < MONTHS_OF_A_YEAR:
            return MONTHS_OF_A_YEAR // step.count
        case "quarter":
            return 4
        case "day" if step.count == 1 and has_pattern(values, ROWS_OF_A_WEEK):
            return ROWS_OF_A_WEEK
        case "hour" | "minute" if (size := step.count * FIXED[step.unit]) < ROWS_OF_A_DAY and ROWS_OF_A_DAY % size == 0:
            return ROWS_OF_A_DAY // size
    return None


def has_pattern(values: NDArray[np.float64], period: int) -> bool:
    """Whether the values repeat with this period, apart from a trend.

    >>> week = np.array([1.0, 1, 1, 1, 1, 5, 6])
    >>> has_pattern(np.tile(week, 10) + np.arange(70), 7), has_pattern(np.cumsum(np.sin(np.arange(70) ** 2)), 7)
    (True, False)
    """
    if len(values) < 3 * period:
        return False
    # The mean of a period around each value is the trend. This is a look at the training rows, and no forecast.
    trend = np.convolve(values, np.full(period, 1 / period), mode="valid")
    first = (period - 1) // 2
    rest = values[first : first + len(trend)] - trend
    means = np.array([rest[start::period].mean() for start in range(period)])
    return bool(means.var() > PATTERN_SHARE * rest.var())


def season_repeats(values: NDArray[np.float64], season: int) -> bool:
    """Whether a seasonal difference makes the variance of the changes from row to row less than half as large.

    >>> year = np.array([1.0, 4, 9, 4])
    >>> season_repeats(np.tile(year, 6) + np.arange(24), 4), season_repeats(np.sin(np.arange(24) ** 2), 4)
    (True, False)
    """
    differences = values[season:] - values[:-season]
    return bool(np.diff(differences).var() < DIFFERENCE_SHARE * np.diff(values).var())


def grows(whole: "pd.Series", training: "pd.Series") -> bool:
    """Whether all values are positive, and those of the training rows have a wide range."""
    return bool(whole.min() > 0 and training.max() > WIDE_RANGE * training.min())


def step_lines(dataset: NewDataset, settings: SeriesSettings) -> Iterator[str]:
    """`steps` and `target_steps`: changes from the last known value, divided by their deviation.

    The model of zeros then says that nothing changes, or that the difference from a season before stays the same.
    """
    numbers = number_columns(dataset)
    everything = len(numbers) == len(dataset.inputs)
    if numbers:
        yield "  steps:"
        if settings.logs:
            yield _line("log", settings.logs, everything and len(settings.logs) == len(numbers))
        if settings.seasonal_difference:
            yield _line("seasonal_difference", numbers, everything)
        yield _line("relative_to_last", numbers, everything)
        yield "    - {step: standard, center: false}"
    targets = dataset.value_targets
    yield "  target_steps:"
    if logs := [name for name in targets if name in settings.logs]:
        yield _line("log", logs, len(logs) == len(targets))
    if settings.seasonal_difference:
        yield "    - {step: seasonal_difference}"
    yield "    - {step: relative_to_last}"
    yield "    - {step: standard, center: false}"


def _line(step: str, columns: Sequence[str], all_columns: bool) -> str:
    entries: dict[str, Any] = {"step": step} | ({} if all_columns else {"columns": list(columns)})
    return f"    - {flow(entries)}"
