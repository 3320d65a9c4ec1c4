"""The last steps of a table of every source: rows in order of time, one for each period if they are resampled, and
columns with their final names."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from stages.core.artefacts.raw_data import Table
from stages.download.formats.table_columns import check_time_order, parse_times
from stages.download.params.file_params import TableOptions
from stages.download.resampling.resample_provenance import resample_provenance
from stages.download.resampling.resample_rows import Resampled, resample_rows


@dataclass(frozen=True)
class FinishedFrame:
    """The frame of a split, and what resampling did to it."""

    frame: pd.DataFrame
    resampled: Resampled | None = None


def finish_frame(frame: pd.DataFrame, options: TableOptions) -> FinishedFrame:
    """The rows in order of time, if there is a column of times, and the columns as `rename` names them."""
    resampled = None
    if options.time is not None:
        frame = _in_order_of_time(frame, options.time, options)
        if options.resample is not None:
            resampled = resample_rows(frame, options.time, options.resample)
            frame = resampled.frame
    return FinishedFrame(frame.rename(columns=options.rename), resampled)


def make_table(splits: Mapping[str, FinishedFrame], options: TableOptions, provenance: Mapping[str, object]) -> Table:
    classes = {options.rename.get(column, column): names for column, names in options.classes.items()}
    time = None if options.time is None else options.rename.get(options.time, options.time)
    resampled = {name: split.resampled for name, split in splits.items() if split.resampled is not None}
    if options.resample is not None:
        provenance = {**provenance, **resample_provenance(options.resample, resampled)}
    frames = {name: split.frame for name, split in splits.items()}
    return Table(
        frames, options.kind, classes, time, provenance, options.private_columns, block_rows=options.block_rows
    )


def _in_order_of_time(frame: pd.DataFrame, time: str, options: TableOptions) -> pd.DataFrame:
    frame[time] = parse_times(frame[time], options.time_format)
    if options.sort:
        frame = frame.sort_values(time, kind="stable", ignore_index=True)
    check_time_order(frame[time], may_repeat=options.resample is not None)
    return frame
