"""How regular the times of a series are."""

import numpy as np

from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.artefacts.records.validation import LongestStep, TimeStepsRecord
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.time_steps.usual_time_step import STEPS_AT_ONCE, Times, find_usual_step


def measure_time_steps(raw: RawData, scratch: ScratchFolder | None = None) -> TimeStepsRecord | None:
    """None for data without times, and for a series of which no split has two rows.

    The times of a large table are written to `scratch`.
    """
    if not isinstance(raw, Table) or raw.time is None:
        return None
    splits = {split: _times(raw, split, raw.time, scratch) for split, size in raw.sizes.items() if size > 1}
    if not splits:
        return None
    usual = find_usual_step(list(splits.values()))
    steps = sum(len(times) - 1 for times in splits.values())
    record = TimeStepsRecord(column=raw.time, steps=steps, usual=None, longest=_longest_step(splits))
    if usual is None:
        return record
    longer = shorter = left_out = 0
    for lengths in (piece for times in splits.values() for piece in usual.lengths_by_piece(times)):
        longer += int((lengths > 1).sum())
        shorter += int((lengths < 1).sum())
        left_out += int((np.ceil(lengths[lengths > 1]) - 1).sum())
    found = {"usual": str(usual), "longer": longer, "shorter": shorter, "left_out": left_out}
    return record.model_copy(update=found)


def _times(table: Table, split: str, column: str, scratch: ScratchFolder | None) -> Times:
    size, end = table.sizes[split], 0
    times: Times = np.empty(size, "M8[us]") if scratch is None else scratch.array(size, "M8[us]")
    for frame in table.blocks(split, [column]):
        times[end : end + len(frame)] = frame[column].to_numpy("datetime64[us]")
        end += len(frame)
    return times


def _longest_step(splits: dict[str, Times]) -> LongestStep:
    """The first one, if several are equally long."""
    longest = {split: _longest_of(times) for split, times in splits.items()}
    split = max(splits, key=lambda name: splits[name][longest[name] + 1] - splits[name][longest[name]])
    row = longest[split]
    begin, end = (time_text(time) for time in splits[split][row : row + 2])
    return LongestStep(split=split, row=row, begin=begin, end=end)


def _longest_of(times: Times) -> int:
    """The row before the longest step."""
    found = 0
    for start in range(0, len(times) - 1, STEPS_AT_ONCE):
        piece = times[start : start + STEPS_AT_ONCE + 1]
        row = start + int(np.argmax(piece[1:] - piece[:-1]))
        if times[row + 1] - times[row] > times[found + 1] - times[found]:
            found = row
    return found


def time_text(time: np.datetime64) -> str:
    """The date alone at midnight.

    >>> time_text(np.datetime64("2020-01-31", "us")), time_text(np.datetime64("2020-01-31T12:30", "us"))
    ('2020-01-31', '2020-01-31T12:30:00')
    """
    if time == time.astype("M8[D]"):
        return str(time.astype("M8[D]"))
    return str(time).removesuffix(".000000")
