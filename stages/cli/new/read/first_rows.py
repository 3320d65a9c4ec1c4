"""The first rows of a very large file, from which a new dataset is described."""

import zipfile
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from stages.core.errors import UserError

# All rows of a smaller file are read, which takes about 40 s for so many bytes. A member of an archive is in memory.
LARGE_BYTES, LARGE_MEMBER_BYTES = 1 << 30, 1 << 27
# What is looked at of a larger one: bytes of text, or values of Parquet.
FIRST_BYTES = 1 << 25
FIRST_CELLS = 1 << 22
PARQUET_SIGNATURE = b"PAR1"
# Lines with other letters than those of ASCII say how a text is encoded.
MOST_LINES = 10_000


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
    return whole_lines(content)


def whole_lines(content: bytes) -> bytes:
    """Without the beginning of a last line; all of it if it has one line.

    >>> whole_lines(b"a\\nb\\nc"), whole_lines("a\\nb".encode("utf-16-le"))
    (b'a\\nb\\n', b'a\\x00\\n\\x00')
    """
    end = content.rfind(b"\n") + 1
    # The second half of a line feed in UTF-16.
    return content[: end + (content[end : end + 1] == b"\0")] if end else content


def telling_lines(file: BinaryIO) -> bytes:
    """All of a file; of a large one the first lines, and later ones with other letters than those of ASCII."""
    content = file.read(FIRST_BYTES)
    if len(content) < FIRST_BYTES:
        return content
    file.readline()
    later = (line for line in file if not line.isascii())
    return whole_lines(content) + b"".join(islice(later, MOST_LINES))


def _check_member_size(path: Path, member: str) -> None:
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(member).file_size
    if size > LARGE_MEMBER_BYTES:
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
