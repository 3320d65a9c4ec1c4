"""Whether the disk has room for the rows of a table, before they are read."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from stages.core.errors import UserError
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.formats.text_encoding import is_utf8
from stages.download.params.csv_params import Csv
from stages.download.params.file_params import Files

MEBIBYTE = 1 << 20


def check_disk_space(files: VerifiedFiles, params: Files, folder: Path) -> None:
    """Raises UserError if the folder has less room than the rows will need, as far as the sizes of the files say it."""
    needed, free = needed_bytes((file for parts in files.values() for file in parts), params), _free_bytes(folder)
    if needed > free:
        raise UserError(
            f"the rows need about {_mebibytes(needed)} in {folder.parent}, where {_mebibytes(free)} are free; make "
            "room there, or choose fewer rows or `columns`"
        )


def needed_bytes(files: Iterable[VerifiedFile], params: Files) -> int:
    """Blocks of Parquet are seldom larger than the text that they are made of. Some files are written once more first:
    a member of an archive, a text whose lines or encoding are changed, and rows that are sorted.
    """
    is_rewritten = isinstance(params.format, Csv) and not _is_read_in_place(params.format)
    needed = 0
    for file in files:
        copies = (file.params.member is not None) + is_rewritten + params.sort
        needed += _unpacked_bytes(file) * (1 + copies)
    return needed


def _is_read_in_place(params: Csv) -> bool:
    is_changed = params.skip_lines or params.comment or params.trim or len(params.separator) > 1
    return is_utf8(params.encoding) and not is_changed


def _unpacked_bytes(file: VerifiedFile) -> int:
    """The size of a member as a zip file states it. That of a tar.gz is not known before it is read."""
    if file.params.member is not None and zipfile.is_zipfile(file.path):
        with zipfile.ZipFile(file.path) as archive:
            return sum(info.file_size for info in archive.infolist() if info.filename == file.params.member)
    return file.path.stat().st_size


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _mebibytes(count: int) -> str:
    """
    >>> _mebibytes(1 << 20), _mebibytes(3_000_000_000)
    ('1 MiB', '2,861 MiB')
    """
    return f"{count // MEBIBYTE:,} MiB"
