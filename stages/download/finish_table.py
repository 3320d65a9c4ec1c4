"""The last steps of a table of every source: rows in order of time, one for each period if they are resampled, and
columns with their final names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.table_blocks import (
    StoredFrames,
    StoredSplit,
    block_files,
    default_block_rows,
    write_blocks,
)
from stages.core.errors import ErrorList, format_examples, prefix_errors
from stages.download.formats.tables.typed_rows import TypedRows
from stages.download.params.file_params import TableOptions
from stages.download.params.resample_params import Resample
from stages.download.raw_types import RawType, as_raw, raw_types
from stages.download.resampling.resample_blocks import resample_blocks
from stages.download.resampling.resample_provenance import resample_provenance
from stages.download.resampling.resample_rows import PeriodCounts, resample_rows
from stages.download.time_order.sort_rows import sort_rows
from stages.download.time_order.time_column import TimeOrder, TimeParser, check_time_order, parse_times

# The rows of each file of a split, by the name of the file.
RowsOfFiles = Mapping[str, TypedRows]
TIME = RawType(pa.timestamp("us"), "datetime64[us]")


@dataclass(frozen=True)
class FinishedFrame:
    """The frame of a split, and what resampling did to it."""

    frame: pd.DataFrame
    resampled: PeriodCounts | None = None


def table_of_rows(
    splits: Mapping[str, RowsOfFiles],
    options: TableOptions,
    provenance: Mapping[str, object],
    scratch: Path,
    folder: Path | None = None,
) -> Table:
    """The files of a split are concatenated. If a split has more than one block, the table is written to `folder`
    block by block; without a folder, or if it is smaller, the rows are in memory.
    """
    block_rows = options.block_rows or default_block_rows(_column_count(splits))
    largest = max(_row_count(files) for files in splits.values())
    if folder is None or largest <= block_rows:
        return _make_table(_finished_frames(splits, options), options, provenance)
    if options.resample is None:
        return _table(_write_splits(splits, options, block_rows, scratch, folder), options, provenance)
    resampled, counts = _resample_splits(splits, options, options.resample, block_rows, scratch)
    regular = options.model_copy(update={"resample": None, "sort": False, "time_format": None})
    stored = _write_splits(resampled, regular, block_rows, scratch, folder)
    return _table(stored, options, {**provenance, **resample_provenance(options.resample, counts)})


def _column_count(splits: Mapping[str, RowsOfFiles]) -> int:
    return len(next(iter(next(iter(splits.values())).values())).columns)


def _row_count(files: RowsOfFiles) -> int:
    return sum(rows.count for rows in files.values())


def _finished_frames(splits: Mapping[str, RowsOfFiles], options: TableOptions) -> dict[str, FinishedFrame]:
    errors, finished = ErrorList(), {}
    for split, files in splits.items():
        with errors.collect(), prefix_errors(format_examples(files)):
            raw_types({name: rows.columns for name, rows in files.items()})
            frames = [rows.table().to_pandas() for rows in files.values()]
            frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
            finished[split] = finish_frame(frame, options)
    errors.raise_if_any()
    return finished


def finish_frame(frame: pd.DataFrame, options: TableOptions) -> FinishedFrame:
    """The rows in order of time, if there is a column of times, and the columns as `rename` names them."""
    counts = None
    if options.time is not None:
        frame = _in_order_of_time(frame, options.time, options)
        if options.resample is not None:
            resampled = resample_rows(frame, options.time, options.resample)
            frame, counts = resampled.frame, resampled.counts
    return FinishedFrame(frame.rename(columns=options.rename), counts)


def _in_order_of_time(frame: pd.DataFrame, time: str, options: TableOptions) -> pd.DataFrame:
    frame[time] = parse_times(frame[time], options.time_format)
    if options.sort:
        frame = frame.sort_values(time, kind="stable", ignore_index=True)
    check_time_order(frame[time], may_repeat=options.resample is not None)
    return frame


def _make_table(splits: Mapping[str, FinishedFrame], options: TableOptions, provenance: Mapping[str, object]) -> Table:
    counts = {name: split.resampled for name, split in splits.items() if split.resampled is not None}
    if options.resample is not None:
        provenance = {**provenance, **resample_provenance(options.resample, counts)}
    return _table({name: split.frame for name, split in splits.items()}, options, provenance)


def _table(frames: Mapping[str, pd.DataFrame], options: TableOptions, provenance: Mapping[str, object]) -> Table:
    classes = {options.rename.get(column, column): names for column, names in options.classes.items()}
    time = None if options.time is None else options.rename.get(options.time, options.time)
    return Table(
        frames, options.kind, classes, time, provenance, options.private_columns, block_rows=options.block_rows
    )


def _resample_splits(
    splits: Mapping[str, RowsOfFiles], options: TableOptions, params: Resample, block_rows: int, scratch: Path
) -> tuple[dict[str, RowsOfFiles], dict[str, PeriodCounts]]:
    """The rows of the periods, as if each split were one file."""
    assert options.time is not None
    errors, resampled, counts = ErrorList(), dict[str, RowsOfFiles](), dict[str, PeriodCounts]()
    for split, files in splits.items():
        with errors.collect(), prefix_errors(format_examples(files)):
            types = raw_types({name: rows.columns for name, rows in files.items()})
            with_gaps = [name for name in types if any(rows.columns[name].has_gaps for rows in files.values())]
            tables = _tables_in_order(files, types, options, block_rows, scratch)
            types, count = types | {options.time: TIME}, _row_count(files)
            rows, counts[split] = resample_blocks(tables, types, with_gaps, options.time, params, count, scratch)
            resampled[split] = {format_examples(files): rows}
    errors.raise_if_any()
    return resampled, counts


def _write_splits(
    splits: Mapping[str, RowsOfFiles], options: TableOptions, block_rows: int, scratch: Path, folder: Path
) -> StoredFrames:
    """The same bytes as those of the frames in memory."""
    errors, stored = ErrorList(), {}
    names: dict[str, str] = {}
    for split, files in splits.items():
        with errors.collect(), prefix_errors(format_examples(files)):
            types = raw_types({name: rows.columns for name, rows in files.items()})
            rows = _row_count(files)
            tables = _raw_tables(files, types)
            if options.time is not None:
                tables = _tables_in_order(files, types, options, block_rows, scratch)
                types = types | {options.time: TIME}
            targets = block_files(folder, split, rows, block_rows)
            renamed = [options.rename.get(name, name) for name in types]
            write_blocks((table.rename_columns(renamed) for table in tables), targets, block_rows)
            stored[split] = StoredSplit(folder.name, targets, rows, block_rows)
            names = names or dict(zip(renamed, (raw.name for raw in types.values()), strict=True))
    errors.raise_if_any()
    return StoredFrames(stored, names)


def _raw_tables(files: RowsOfFiles, types: Mapping[str, RawType]) -> Iterator[pa.Table]:
    for rows in files.values():
        for table in rows.read():
            yield pa.table({name: as_raw(table[name], raw) for name, raw in types.items()})


def _tables_in_order(
    files: RowsOfFiles, types: Mapping[str, RawType], options: TableOptions, block_rows: int, scratch: Path
) -> Iterator[pa.Table]:
    """The rows with times of the column that `time` names.

    After a time that is not in order, no more rows are given, and a UserError is raised at the end.
    """
    assert options.time is not None
    name = options.time
    tables = _with_times(lambda: _raw_tables(files, types), name, options)
    if options.sort:
        tables = sort_rows(tables, name, block_rows, scratch)
    order = TimeOrder(may_repeat=options.resample is not None)
    for table in tables:
        order.add(table[name].to_pandas())
        if order.is_right:
            yield table
    order.check(name)


def _with_times(read: Callable[[], Iterator[pa.Table]], name: str, options: TableOptions) -> Iterator[pa.Table]:
    """After an unreadable time, the others are looked at, and no more rows are given."""
    parser = TimeParser(options.time_format)
    for table in read():
        times = parser.parse(table[name].to_pandas().rename(name))
        if not parser.unreadable.count:
            column = pa.chunked_array([pa.Array.from_pandas(times, type=TIME.arrow)])
            yield table.set_column(table.column_names.index(name), name, column)
    parser.check(name, lambda: (table[name].to_pandas() for table in read()))
