"""Verified files of rows and columns as a table."""

from collections.abc import Container, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import ErrorList, UserError, format_examples, prefix_errors
from stages.download.check_disk_space import check_disk_space
from stages.download.fetch.file_provenance import file_provenance
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.finish_table import table_of_rows
from stages.download.formats.tables.table_formats import read_rows
from stages.download.formats.tables.typed_rows import TypedRows
from stages.download.params import FileSource
from stages.download.params.format_params import TableFormat


def read_table_files(
    params: FileSource, table_format: TableFormat, files: VerifiedFiles, folder: Path | None = None
) -> Table:
    """The files of a split are concatenated. All files must have the same columns.

    A table with more than one block is written to `folder` block by block. Without it, all rows are in memory.
    """
    if folder is not None:
        check_disk_space(files, params, folder)
    with TemporaryDirectory(dir=folder, prefix="scratch-") as scratch:
        splits = _open_files(params, table_format, files, Path(scratch))
        return table_of_rows(splits, params, file_provenance(params, files), Path(scratch), folder)


def _open_files(
    params: FileSource, table_format: TableFormat, files: VerifiedFiles, scratch: Path
) -> dict[str, dict[str, TypedRows]]:
    """The rows of each file, of which the types are known."""
    errors = ErrorList()
    opened: dict[str, dict[str, TypedRows]] = {split: {} for split in files}
    first_columns: list[str] | None = None
    for split, split_files in files.items():
        for file in split_files:
            with errors.collect(), prefix_errors(file.name):
                rows = read_rows(file.content_in(scratch, params.limits), table_format, params, scratch)
                if not rows.count:
                    raise UserError("no rows")
                first_columns = first_columns or list(rows.columns)
                _check_columns(list(rows.columns), first_columns)
                opened[split][_unused_name(file, opened[split])] = rows
    errors.raise_if_any()
    return opened


def _unused_name(file: VerifiedFile, used: Container[str]) -> str:
    """The files of all months have the name of the first one."""
    return file.name if file.name not in used else f"{file.name} {file.month}"


def _check_columns(columns: Sequence[str], expected: Sequence[str]) -> None:
    if columns == expected:
        return
    missing, more = [c for c in expected if c not in columns], [c for c in columns if c not in expected]
    names = f"missing: {format_examples(missing)}; more: {format_examples(more)}"
    difference = names if missing or more else "in another order"
    raise UserError(f"not the columns of the first file ({difference}); `columns` chooses and orders them")
