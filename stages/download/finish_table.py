"""The last steps of a table of every source: rows in order of time, columns with their final names."""

from collections.abc import Mapping

import pandas as pd

from stages.core.artefacts.raw_data import Table
from stages.download.formats.table_columns import check_time_order, parse_times
from stages.download.params.file_params import TableOptions


def finish_frame(frame: pd.DataFrame, options: TableOptions) -> pd.DataFrame:
    """The rows in order of time, if there is a column of times, and the columns as `rename` names them."""
    if options.time is not None:
        frame = _in_order_of_time(frame, options.time, options)
    return frame.rename(columns=options.rename)


def make_table(frames: Mapping[str, pd.DataFrame], options: TableOptions, provenance: Mapping[str, object]) -> Table:
    """`frames` has the finished frame of each split."""
    classes = {options.rename.get(column, column): names for column, names in options.classes.items()}
    time = None if options.time is None else options.rename.get(options.time, options.time)
    return Table(frames, options.kind, classes, time, provenance, options.private_columns)


def _in_order_of_time(frame: pd.DataFrame, time: str, options: TableOptions) -> pd.DataFrame:
    frame[time] = parse_times(frame[time], options.time_format)
    if options.sort:
        frame = frame.sort_values(time, kind="stable", ignore_index=True)
    check_time_order(frame[time])
    return frame
