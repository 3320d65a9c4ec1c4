"""How regular the times of a series are."""

import numpy as np

from stages.core.artefacts.raw_data import RawData, Table
from stages.core.artefacts.records.validation import LongestStep, TimeStepsRecord
from stages.core.time_steps.usual_time_step import Times, find_usual_step


def measure_time_steps(raw: RawData) -> TimeStepsRecord | None:
    """None for data without times, and for a series of which no split has two rows."""
    if not isinstance(raw, Table) or raw.time is None:
        return None
    splits = {split: _times(raw, split, raw.time) for split in raw.frames}
    splits = {split: times for split, times in splits.items() if len(times) > 1}
    if not splits:
        return None
    usual = find_usual_step(list(splits.values()))
    steps = sum(len(times) - 1 for times in splits.values())
    record = TimeStepsRecord(column=raw.time, steps=steps, usual=None, longest=_longest_step(splits))
    if usual is None:
        return record
    lengths = np.concatenate([usual.lengths(times) for times in splits.values()])
    return record.model_copy(
        update={
            "usual": str(usual),
            "longer": int((lengths > 1).sum()),
            "shorter": int((lengths < 1).sum()),
            "left_out": int((np.ceil(lengths[lengths > 1]) - 1).sum()),
        }
    )


def _times(table: Table, split: str, column: str) -> Times:
    return np.concatenate([frame[column].to_numpy("datetime64[us]") for frame in table.blocks(split, [column])])


def _longest_step(splits: dict[str, Times]) -> LongestStep:
    """The first one, if several are equally long."""
    longest = {split: int(np.argmax(times[1:] - times[:-1])) for split, times in splits.items()}
    split = max(splits, key=lambda name: splits[name][longest[name] + 1] - splits[name][longest[name]])
    row = longest[split]
    begin, end = (time_text(time) for time in splits[split][row : row + 2])
    return LongestStep(split=split, row=row, begin=begin, end=end)


def time_text(time: np.datetime64) -> str:
    """The date alone at midnight.

    >>> time_text(np.datetime64("2020-01-31", "us")), time_text(np.datetime64("2020-01-31T12:30", "us"))
    ('2020-01-31', '2020-01-31T12:30:00')
    """
    if time == time.astype("M8[D]"):
        return str(time.astype("M8[D]"))
    return str(time).removesuffix(".000000")
