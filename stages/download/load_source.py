"""The raw data of a source. Each kind of source imports its own libraries, and only when it is used."""

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from stages.core.artefacts.raw.raw_data import RawData
from stages.core.errors import ErrorList
from stages.download.params import FileSource, Source
from stages.download.params.builtin_params import Count, Line, Matplotlib, Points, Sklearn, Statsmodels, TwoTables
from stages.download.params.dvc_params import Dvc
from stages.download.params.file_params import File, Http
from stages.download.params.format_params import TableFormat
from stages.download.params.pictures.picture_params import Pictures
from stages.download.params.sql.sql_params import Sql

if TYPE_CHECKING:
    from stages.download.fetch.verified_files import VerifiedFiles


def load_source(source: Source, folder: Path | None = None) -> RawData:
    """The rows of a large table are written to `folder`, and read from there. Without it, all rows are in memory."""
    match source:
        case Sklearn() | Matplotlib() | Statsmodels() | Points() | Count() | Line() | TwoTables():
            from stages.download.builtin.load_builtin import load_builtin

            return load_builtin(source)
        case File():
            from stages.download.fetch.verified_files import verify_local

            errors = ErrorList()
            with errors.collect():
                files = verify_local(source.files, folders=isinstance(source.format, Pictures))
            with errors.collect():
                pictures = verify_local(source.picture_files, folders=True)
            errors.raise_if_any()
            return read_files(source, files, pictures, folder)
        case Http():
            from stages.download.fetch.download_files import cache_folder, download
            from stages.download.fetch.transfers.mirror import mirror_from_environment

            all_files = source.model_copy(update={"files": source.files | source.picture_files})
            verified = download(all_files, cache_folder(), mirror_from_environment())
            files = {name: verified[name] for name in source.files}
            pictures = {name: verified[name] for name in source.picture_files}
            return read_files(source, files, pictures, folder)
        case Sql():
            from stages.download.databases.load_sql import load_sql
            from stages.download.fetch.download_files import cache_folder

            return load_sql(source, cache_folder(), folder)
        case Dvc():
            from stages.download.fetch.download_files import cache_folder
            from stages.download.fetch.dvc_files import fetch_dvc_files

            errors, cache = ErrorList(), cache_folder()
            with errors.collect():
                files = fetch_dvc_files(source, source.files, cache, folders=isinstance(source.format, Pictures))
            with errors.collect():
                pictures = fetch_dvc_files(source, source.picture_files, cache, folders=True)
            errors.raise_if_any()
            return read_files(source, files, pictures, folder)
        case _:
            assert_never(source)


def read_files(
    params: FileSource, files: "VerifiedFiles", pictures: "VerifiedFiles | None" = None, folder: Path | None = None
) -> RawData:
    """`pictures` has the folder or archive of each column of pictures."""
    if isinstance(params.format, TableFormat):
        from stages.download.read_table_files import read_table_files

        table = read_table_files(params, params.format, files, folder)
        if not pictures:
            return table
        from stages.download.picture_columns.add_pictures import add_pictures

        return add_pictures(table, params, files, pictures)
    if isinstance(params.format, Pictures):
        from stages.download.read_picture_files import read_picture_files

        return read_picture_files(params, params.format, files)
    from stages.download.read_array_files import read_array_files

    return read_array_files(params, params.format, files)
