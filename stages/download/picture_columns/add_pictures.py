"""The pictures of a table, read from verified folders and archives."""

from dataclasses import replace

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import ColumnPictures, Table
from stages.core.errors import ErrorList, UserError, prefix_errors
from stages.core.pictures.decoder_versions import check_decoder_versions
from stages.core.pictures.no_picture import NO_PICTURE
from stages.download.fetch.file_provenance import file_provenance
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.params import FileSource
from stages.download.params.file_params import Limits, picture_files_name, picture_limits
from stages.download.params.pictures.picture_column_params import PictureColumn
from stages.download.picture_columns.decode_distinct import decode_distinct
from stages.download.picture_columns.picture_problems import RowProblems
from stages.download.picture_columns.row_paths import find_paths, rows_by_path
from stages.download.read_picture_files import open_picture_files


def add_pictures(table: Table, params: FileSource, files: VerifiedFiles, archives: VerifiedFiles) -> Table:
    """Return the table with the pictures of its columns; `archives` has the folder or archive of each.

    Raises UserError with what is wrong in all columns: wrong paths, or if there are none, unreadable files.
    """
    check_decoder_versions()
    errors, pictures = ErrorList(), {}
    for name, column_params in params.picture_columns.items():
        column = params.rename.get(name, name)
        [file] = archives[picture_files_name(name)]
        with errors.collect(), prefix_errors(f"column {column}"):
            pictures[column] = _read_pictures(table, column, column_params, file, picture_limits(params.limits))
    errors.raise_if_any()
    source = {**table.source, **file_provenance(params, {**files, **archives})}
    return replace(table, pictures=pictures, source=source)


def _read_pictures(
    table: Table, column: str, params: PictureColumn, file: VerifiedFile, limits: Limits
) -> ColumnPictures:
    opened = open_picture_files(file, limits)
    problems = RowProblems(several_splits=len(table.frames) > 1, private=column in table.private)
    values = {
        split: pd.concat([block[column] for block in table.blocks(split, [column])], ignore_index=True)
        for split in table.frames
    }
    paths = find_paths(values, params.prefix, opened.paths(), file.name, problems)
    rows = rows_by_path(paths)
    if not rows:
        raise UserError("no row has a path; take the column out of download.pictures")
    pixels, number_of_path = decode_distinct(opened, rows, params, limits, problems)
    numbers = {
        split: np.array([NO_PICTURE if path is None else number_of_path[path] for path in split_paths], np.int32)
        for split, split_paths in paths.items()
    }
    return ColumnPictures(pixels, numbers)
