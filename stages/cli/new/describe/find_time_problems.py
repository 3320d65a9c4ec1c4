"""Irregular times of a new series, as a sentence for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from stages.cli.new.describe.new_dataset import NewDataset
from stages.core.time_steps.usual_time_step import Times, TimeStep, Unit, find_usual_step
from stages.download.formats.tables.time_formats import ISO, parse_as
from stages.report.rendering.format_text import count

if TYPE_CHECKING:
    import pandas as pd

# The units of `download.resample.every`; months, quarters and years have a letter more.
UNITS: dict[Unit, str] = {
    "second": "s", "minute": "min", "hour": "h", "day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y",
}  # fmt: skip
CALENDAR = ("month", "quarter", "year")


def time_sentences(dataset: NewDataset) -> Iterator[str]:
    """Business days leave out holidays, so that longer steps are usual there."""
    if dataset.time is None:
        return
    splits = [ordered_times(frame[dataset.time], dataset.time_format) for frame in dataset.data.frames.values()]
    if any((times[1:] <= times[:-1]).any() for times in splits):
        return  # an error of download
    step = find_usual_step(splits)
    if step is None or step.unit not in UNITS:
        return
    lengths = np.concatenate([step.lengths(times) for times in splits])
    if (other := int((lengths != 1).sum())) > 0:
        yield (
            f"{dataset.time}: {other:,} of {count(len(lengths), 'step')} are not the usual {step}; windows count rows. "
            f"`resample: {{every: {resample_every(step, splits[0])}, gaps: forward}}` in download makes all steps equal"
        )


def ordered_times(column: "pd.Series", time_format: str | None) -> Times:
    """In ascending order, without a time zone."""
    return np.sort(parse_as(column, time_format or ISO).dt.tz_localize(None).to_numpy("datetime64[us]"))


def resample_every(step: TimeStep, times: Times) -> str:
    """
    >>> months = np.array(["2020-01-01", "2020-02-01"], "M8[us]")
    >>> resample_every(TimeStep(1, "month"), months), resample_every(TimeStep(15, "minute"), months)
    ('1MS', '15min')
    """
    first_days = bool((times == times.astype("M8[M]")).all())
    return f"{step.count}{UNITS[step.unit]}{('S' if first_days else 'E') if step.unit in CALENDAR else ''}"
