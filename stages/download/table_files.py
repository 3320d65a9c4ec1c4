"""Verified files of rows and columns as a table: one frame a split."""

from collections.abc import Mapping, Sequence

import pandas as pd

from stages.core.artefacts.raw import Table
from stages.core.errors import ErrorList, UserError, format_examples
from stages.download.fetch.checksums import Verified, collected
from stages.download.formats.table_formats import read_table
from stages.download.formats.time_column import dated
from stages.download.params import Csv, File, Http, Parquet
from stages.download.provenance import origin


def table(params: File | Http, form: Csv | Parquet, found: Mapping[str, Sequence[Verified]]) -> Table:
    """The files of one split follow each other."""
    errors = ErrorList()
    parts: dict[str, list[pd.DataFrame]] = {split: [] for split in found}
    first: list[str] | None = None
    for split, files in found.items():
        for file in files:
            with collected(errors, file.called):
                frame = _frame(file, form, params)
                first = first or list(frame)
                _check_columns(list(frame), first)
                parts[split].append(frame)
    errors.raise_if_any()
    frames = {}
    for split, files in found.items():
        with collected(errors, format_examples(file.called for file in files)):
            frames[split] = _whole(params, parts[split])
    errors.raise_if_any()
    classes = {params.rename.get(c, c): names for c, names in params.classes.items()}
    time = None if params.time is None else params.rename.get(params.time, params.time)
    return Table(frames, params.kind, classes, time, origin(params, found))


def _frame(file: Verified, form: Csv | Parquet, params: File | Http) -> pd.DataFrame:
    frame = read_table(file.content(params.limits), form, params)
    if frame.empty:
        raise UserError("no rows")
    return frame


def _whole(params: File | Http, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One after another, and only then dated: a month that repeats the end of the one before is found so."""
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if params.time is not None:
        frame[params.time] = dated(frame[params.time], params.time_format)
    return frame.rename(columns=params.rename)


def _check_columns(these: Sequence[str], first: Sequence[str]) -> None:
    if these == first:
        return
    missing, more = [c for c in first if c not in these], [c for c in these if c not in first]
    how = (
        f"missing: {format_examples(missing)}; more: {format_examples(more)}" if missing or more else "in another order"
    )
    raise UserError(f"not the columns of the first file ({how}); `columns` chooses and orders them")
