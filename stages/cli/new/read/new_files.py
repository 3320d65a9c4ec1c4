"""The files of a new dataset: on this machine or at an address, with their hash and format."""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from stages.cli.new.read.chosen_repository import Repository
from stages.cli.new.read.column_totals import ColumnTotals
from stages.cli.new.read.first_rows import PARQUET_SIGNATURE, first_rows, telling_lines, whole_lines
from stages.cli.new.read.sampled_rows import sample_rows
from stages.cli.new.read.sniff_typed_format import sniff_typed_format
from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError, format_examples, prefix_errors
from stages.download.fetch.cached_download import cached_file
from stages.download.fetch.cached_file_or_folder import CachedData
from stages.download.fetch.checksums import Verification
from stages.download.fetch.download_files import cache_folder
from stages.download.fetch.dvc_files import fetch_unverified
from stages.download.fetch.transfers.transfer import TransferLimits
from stages.download.fetch.verified_files import VerifiedFile
from stages.download.formats.excel.check_workbook import BINARY_WORKBOOK, WORKBOOK
from stages.download.formats.read_untrusted_files import ZIP_SIGNATURE, OpenFile
from stages.download.formats.sniff_csv import sniff_csv
from stages.download.formats.tables.table_formats import read_rows
from stages.download.params.file_params import File, Limits, LocalFile, SourceFile, picture_limits
from stages.download.params.format_params import Parquet, TableFormat
from stages.download.params.sql.sql_params import Sql

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".data", ".dat", ".parquet", ".jsonl", ".ndjson", ".xlsx", ".xlsm")
LIMITS = Limits()
# The beginning of a file that says how it is written.
SAMPLE_BYTES = 300_000
SQLITE_SIGNATURE = b"SQLite format 3\0"


@dataclass(frozen=True)
class NewFile:
    """`path` is on this machine; `address` is where it was downloaded from. `member` is the file in an archive.

    A file of another repository has its path there as address.
    """

    path: Path
    sha256: str
    address: str | None = None
    member: str | None = None
    repository: Repository | None = None

    @cached_property
    def first_rows(self) -> bytes | None:
        """Of a large file, a smaller one in its place; None if all rows are looked at."""
        with prefix_errors(self.name):
            return first_rows(self.path, self.member)

    @property
    def name(self) -> str:
        return self.address.rpartition("/")[2] if self.address else self.path.name

    @property
    def content(self) -> OpenFile:
        if self.first_rows is not None:
            return partial(BytesIO, self.first_rows)
        return VerifiedFile(self.path, self.name, self.sha256, SourceFile(member=self.member)).content(LIMITS)


@dataclass(frozen=True)
class NewData:
    """The files and their rows by split, and how they are read; or the rows of a query, and no files.

    `frames` has some rows of a large table. `totals` are of all rows of all splits, `row_counts` by split. Without
    `columns`, all are read.
    """

    files: Mapping[str, NewFile]
    table_format: TableFormat | None
    frames: Mapping[str, "pd.DataFrame"]
    columns: Sequence[str] | None = None
    query: Sql | None = None
    totals: Mapping[str, ColumnTotals] = field(default_factory=dict)
    row_counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows were looked at, by split."""
        return {split: self.row_counts.get(split, len(frame)) for split, frame in self.frames.items()}

    @property
    def is_sampled(self) -> bool:
        """Whether `frames` has only some of the rows that were looked at."""
        return any(rows > len(self.frames[split]) for split, rows in self.rows.items())

    @property
    def has_first_rows_only(self) -> bool:
        """Whether only the first rows of a file were looked at."""
        return any(file.first_rows is not None for file in self.files.values())

    @property
    def names(self) -> list[str]:
        """Where the rows are from, for people."""
        return (
            [file.name for file in self.files.values()] if self.query is None else [f"a query of {self.query.url_env}"]
        )


def find_file(name: str, repository: Repository | None = None) -> NewFile:
    """The file at a path, at an address or in a repository. What is not on this machine is kept in the cache."""
    if repository is not None:
        data = fetch_from_repository(repository, name)
        if data.sha256_by_path is not None:
            raise UserError(f"{name}: a folder without pictures; name one file of it")
        return NewFile(data.path, data.sha256, name, _member(data.path, name), repository)
    if "://" in name:
        path = download_file(name)
        return NewFile(path, path.name, name, _member(path, name))
    path = Path(name).expanduser()
    if path.is_dir():
        raise UserError(f"{name}: a folder without pictures; name one file of it")
    try:
        _check_no_database(path, name)
        return NewFile(path, sha256_of(path), None, _member(path, name))
    except FileNotFoundError:
        raise UserError(f"{name}: no such file; looked for {path.absolute()}") from None
    except OSError as error:
        raise UserError(f"{name}: cannot be read: {error.strerror}") from None


@cache
def fetch_from_repository(repository: Repository, path: str) -> CachedData:
    """A file, or a folder that may have pictures."""
    max_files = picture_limits(LIMITS).members
    return fetch_unverified(repository.repo, repository.rev, path, cache_folder(), LIMITS.bytes, max_files)


@cache
def download_file(address: str) -> Path:
    """The path in the cache of downloads, where its name is its hash, under which the download stage finds it."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = "new-" + hashlib.sha256(address.encode()).hexdigest()
    limits = TransferLimits(timeout=30.0, minimum_rate=1000, retries=3, size=None, max_bytes=LIMITS.bytes)
    with prefix_errors(address):
        file, sha256 = cached_file(folder, address, Verification(name, sha256_of), limits)
    return file.replace(folder / sha256)


def _check_no_database(path: Path, name: str) -> None:
    with path.open("rb") as file:
        if file.read(len(SQLITE_SIGNATURE)) == SQLITE_SIGNATURE:
            raise UserError(
                f"{name}: a database of SQLite; query it by --sql 'select ... order by ...' --url-env VARIABLE, with "
                f"sqlite:///{name} as the environment variable VARIABLE"
            )


def _member(path: Path, name: str) -> str | None:
    """The table in a zip file."""
    with path.open("rb") as file:
        if file.read(len(ZIP_SIGNATURE)) != ZIP_SIGNATURE:
            return None
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.namelist() if not member.endswith("/")]
            if WORKBOOK in members or BINARY_WORKBOOK in members:
                return None
    except zipfile.BadZipFile as error:
        raise UserError(f"{name}: not readable as a zip file: {error}") from None
    tables = [member for member in members if member.lower().endswith(TABLE_SUFFIXES)]
    chosen = tables if len(members) > 1 else members
    if len(chosen) != 1:
        raise UserError(f"{name}: holds {format_examples(members) or 'no file'}; unpack it and name one table")
    return chosen[0]


def read_new_data(files: Mapping[str, NewFile], time: str | None = None, sheet: str | None = None) -> NewData:
    """The rows of all files; the first one says how they are read. The column of times is read as text.

    `sheet` is that of a workbook.

    The beginning of a large file says it in a moment. If the rest is written in another way, more of it is looked at.
    """
    first = next(iter(files.values()))
    with prefix_errors(first.name):
        found = sniff_typed_format(first.content, sheet, LIMITS)
    if found:
        return _read_as(*found, files, time)
    table_format = _format(first, _beginning(first))
    try:
        return _read_as(table_format, None, files, time)
    except UserError:
        with first.content() as opened:
            content = telling_lines(opened)
        second = _format(first, lambda: BytesIO(content))
        if second == table_format:
            raise
    return _read_as(second, None, files, time)


def _read_as(
    table_format: TableFormat, columns: Sequence[str] | None, files: Mapping[str, NewFile], time: str | None
) -> NewData:
    options: dict[str, Any] = {} if time is None else {"kind": "series", "time": time}
    options |= {} if columns is None else {"columns": columns}
    local = {name: LocalFile(path=str(file.path), sha256=file.sha256) for name, file in files.items()}
    params = File(source="file", format=table_format, files=local, **options)
    frames, row_counts = {}, {}
    totals: dict[str, ColumnTotals] = {}
    for split, file in files.items():
        with prefix_errors(file.name), TemporaryDirectory() as scratch:
            rows = read_rows(file.content, table_format, params, Path(scratch))
            if not rows.count:
                raise UserError("no rows")
            row_counts[split] = rows.count
            frames[split] = sample_rows(rows, totals, consecutive=time is not None)
    return NewData(files, table_format, frames, columns, totals=totals, row_counts=row_counts)


def _beginning(file: NewFile) -> OpenFile:
    """The first lines of the file, all of it if it is small."""
    with file.content() as opened:
        content = opened.read(SAMPLE_BYTES)
    if len(content) == SAMPLE_BYTES:
        content = whole_lines(content)
    return lambda: BytesIO(content)


def _format(file: NewFile, content: OpenFile) -> TableFormat:
    with content() as opened:
        start = opened.read(len(PARQUET_SIGNATURE))
    if start == PARQUET_SIGNATURE:
        return Parquet(format="parquet")
    if not start:
        raise UserError(f"{file.name}: empty file")
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(f"{file.name}: neither text with columns nor Parquet")
    with prefix_errors(file.name):
        return sniff_csv(content)
