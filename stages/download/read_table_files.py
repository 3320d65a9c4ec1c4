"""Verified files of rows and columns as a table with one frame per split."""

from collections.abc import Sequence

import pandas as pd

from stages.core.artefacts.raw_data import Table
from stages.core.errors import ErrorList, UserError, format_examples, prefix_errors
from stages.download.fetch.file_provenance import file_provenance
from stages.download.fetch.verified_files import VerifiedFiles
from stages.download.finish_table import finish_frame, make_table
from stages.download.formats.table_formats import read_table
from stages.download.params import FileSource
from stages.download.params.format_params import TableFormat


def read_table_files(params: FileSource, table_format: TableFormat, files: VerifiedFiles) -> Table:
    """The files of a split are concatenated. All files must have the same columns.

    Times are parsed after concatenation, so that a month that overlaps with the previous one is an error.
    """
    parts = _read_parts(params, table_format, files)
    errors = ErrorList()
    splits = {}
    for split, split_files in files.items():
        with errors.collect(), prefix_errors(format_examples(file.name for file in split_files)):
            frame = parts[split][0] if len(split_files) == 1 else pd.concat(parts[split], ignore_index=True)
            splits[split] = finish_frame(frame, params)
    errors.raise_if_any()
    return make_table(splits, params, file_provenance(params, files))


def _read_parts(params: FileSource, table_format: TableFormat, files: VerifiedFiles) -> dict[str, list[pd.DataFrame]]:
    errors = ErrorList()
    parts: dict[str, list[pd.DataFrame]] = {split: [] for split in files}
    first_columns: list[str] | None = None
    for split, split_files in files.items():
        for file in split_files:
            with errors.collect(), prefix_errors(file.name):
                frame = read_table(file.content(params.limits), table_format, params)
                if frame.empty:
                    raise UserError("no rows")
                first_columns = first_columns or list(frame)
                _check_columns(list(frame), first_columns)
                parts[split].append(frame)
    errors.raise_if_any()
    return parts


def _check_columns(columns: Sequence[str], expected: Sequence[str]) -> None:
    if columns == expected:
        return
    missing, more = [c for c in expected if c not in columns], [c for c in columns if c not in expected]
    names = f"missing: {format_examples(missing)}; more: {format_examples(more)}"
    difference = names if missing or more else "in another order"
    raise UserError(f"not the columns of the first file ({difference}); `columns` chooses and orders them")
