"""Opens a file or a stream so that it can be read from any position."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from stages.core.errors import UserError
from stages.core.files.check_is_file import check_is_file

# A larger stream goes to a temporary file.
MAX_IN_MEMORY = 1 << 26


@contextmanager
def open_seekable(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """Raises UserError if there is no such file. The content of a pipe is kept until it has been read."""
    if isinstance(source, Path):
        check_is_file(source)
        try:
            file = source.open("rb")
        except OSError as error:
            problem = "no such file or folder" if isinstance(error, FileNotFoundError) else error.strerror
            raise UserError(f"{source}: {problem}") from None
        with file:
            yield file
    elif source.seekable():
        yield source
    else:
        with tempfile.SpooledTemporaryFile(MAX_IN_MEMORY) as copy:
            shutil.copyfileobj(source, copy)
            copy.seek(0)
            yield cast("BinaryIO", copy)


def first_bytes(file: BinaryIO, count: int = 8) -> bytes:
    """The first bytes from the present position, which is kept."""
    position = file.tell()
    content = file.read(count)
    file.seek(position)
    return content


def source_name(source: Path | BinaryIO) -> str:
    """The name of the source in messages."""
    return str(source) if isinstance(source, Path) else "standard input"
