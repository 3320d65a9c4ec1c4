"""Arrays of npy and npz files, read row by row."""

import math
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError, format_examples
from stages.core.files.archive_members import is_folder_of_zip
from stages.inference.read.files.zip_files import DAMAGE, MAX_REASON

SUFFIX = ".npy"
SIGNATURE = b"\x93NUMPY"
MAX_HEADER = 10_000
NUMBERS = "biuf"


@dataclass(frozen=True)
class OpenArray:
    """An array whose rows are read from `stream`, one after another. `shape` begins with the number of rows."""

    stream: BinaryIO
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    def read_rows(self, count: int) -> NDArray[Any]:
        """The next `count` rows. Raises UserError if the file has fewer bytes than its header says."""
        shape = (count, *self.shape[1:])
        size = math.prod(shape) * self.dtype.itemsize
        with _explain_damage():
            content = self.stream.read(size)
        if len(content) != size:
            raise UserError("not a readable array: it ends too early")
        native = self.dtype.newbyteorder("=")
        return np.frombuffer(content, self.dtype).reshape(shape).astype(native, copy=False)

    def blocks(self, rows: int) -> Iterator[NDArray[Any]]:
        """All rows, at most `rows` at once."""
        for start in range(0, self.shape[0], rows):
            yield self.read_rows(min(rows, self.shape[0] - start))


def open_npy(stream: BinaryIO) -> OpenArray:
    """Raises UserError unless the stream has numbers, row after row."""
    with _explain_damage():
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
        if read is None:
            raise ValueError(f"version {version} of the format is for other things than numbers")
        shape, is_fortran, dtype = read(stream, max_header_size=MAX_HEADER)
    if dtype.hasobject or dtype.kind not in NUMBERS:
        raise UserError(f"holds {'objects' if dtype.hasobject else dtype}, not numbers")
    if not shape:
        raise UserError("holds a single number, not an array")
    if is_fortran and len(shape) > 1:
        raise UserError("is in Fortran's order; save numpy.ascontiguousarray of it")
    return OpenArray(stream, dtype, shape)


def array_names(opened: zipfile.ZipFile) -> list[str]:
    """The names of the arrays of an npz file."""
    return [name.removesuffix(SUFFIX) for name in opened.namelist() if name.endswith(SUFFIX)]


@contextmanager
def open_array(opened: zipfile.ZipFile, name: str) -> Iterator[OpenArray]:
    """An array of an npz file."""
    member = opened.getinfo(f"{name}{SUFFIX}")
    is_folder_of_zip(member)
    with _explain_damage():
        stream = opened.open(member)
    with stream:
        yield open_npy(cast("BinaryIO", stream))


def choose_array(names: Sequence[str], usual: Sequence[str]) -> str:
    """The first usual name that there is, or the only array. Raises UserError if none can be chosen."""
    if found := [name for name in usual if name in names]:
        return found[0]
    if len(names) == 1:
        return names[0]
    raise UserError(f"has the arrays {format_examples(names)}; name one of them {usual[0]}")


def is_npz(opened: zipfile.ZipFile) -> bool:
    names = opened.namelist()
    return bool(names) and all(name.endswith(SUFFIX) for name in names)


@contextmanager
def _explain_damage() -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise UserError(f"not a readable array: {' '.join(str(error).split())[:MAX_REASON]}") from None
