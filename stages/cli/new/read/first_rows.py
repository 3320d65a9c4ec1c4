"""The first rows of a large file, from which a new dataset is described."""

import zipfile
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.errors import UserError

# All of a smaller file is looked at.
LARGE_BYTES = 1 << 27
# What is looked at of a larger one: bytes of text, or values of Parquet.
FIRST_BYTES = 1 << 25
FIRST_CELLS = 1 << 22
PARQUET_SIGNATURE = b"PAR1"


def first_rows(path: Path, member: str | None) -> bytes | None:
    """A file with the first rows of a large one; None for a file of which all rows are looked at."""
    if member is not None:
        _check_member_size(path, member)
        return None
    if path.stat().st_size <= LARGE_BYTES:
        return None
    with path.open("rb") as file:
        content = file.read(FIRST_BYTES)
    if content.startswith(PARQUET_SIGNATURE):
        return _first_rows_of_parquet(path)
    return content[: content.rfind(b"\n") + 1] or content


def _check_member_size(path: Path, member: str) -> None:
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(member).file_size
    if size > LARGE_BYTES:
        raise UserError(
            f"{member} is {size:,} bytes long; unpack it, and name the file, whose first rows are looked at"
        )


def _first_rows_of_parquet(path: Path) -> bytes:
    content = BytesIO()
    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
        rows = max(1, FIRST_CELLS // max(1, len(file.schema_arrow.names)))
        batches = file.iter_batches(batch_size=rows, use_threads=False)
        first = next(batches, None)
        pq.write_table(pa.Table.from_batches([] if first is None else [first], file.schema_arrow), content)
    return content.getvalue()
