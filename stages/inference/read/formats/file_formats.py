"""The format of an input: by the name of its file, or by its first bytes."""

from pathlib import Path
from typing import Literal, get_args

from stages.core.errors import UserError

FileFormat = Literal["csv", "jsonl", "json", "parquet", "npz"]
FILE_FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
GZIP_SIGNATURE, PARQUET_SIGNATURE, ZIP_SIGNATURE = b"\x1f\x8b", b"PAR1", b"PK\x03\x04"
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
SUFFIXES: dict[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".npz": "npz",
}


def format_of_path(path: Path) -> FileFormat | None:
    """
    >>> format_of_path(Path("new.CSV")), format_of_path(Path("new.jsonl.gz")), format_of_path(Path("new"))
    ('csv', 'jsonl', None)
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def check_no_workbook(path: Path) -> None:
    """Raise UserError for a workbook: its first bytes are those of a zip, as of an npz file."""
    if path.suffix.lower() in WORKBOOKS:
        raise UserError(f"{path}: workbooks are not read; save the sheet as CSV")


def output_format(path: Path) -> FileFormat:
    """Raises UserError for a file whose name does not say its format, or one that predictions are not written in."""
    found = format_of_path(path)
    if found in (None, "npz") or path.suffix.lower() == ".gz":
        raise UserError(f"{path}: predictions are written as .csv, .tsv, .jsonl, .json or .parquet; change the suffix")
    return found


def format_of_bytes(start: bytes) -> FileFormat:
    """The format of an input whose name says nothing, from its first bytes."""
    if start.startswith(PARQUET_SIGNATURE):
        return "parquet"
    if start.startswith(ZIP_SIGNATURE):
        return "npz"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"["):
        return "json"
    return "jsonl" if text.startswith(b"{") else "csv"
