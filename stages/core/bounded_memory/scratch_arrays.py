"""Arrays in temporary files, for values that are too many for the memory.

The operating system reads and writes their pages as they are used. They belong to the file, not to the process, so that
they can be removed from memory at any time.
"""

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class ScratchArray:
    """Where an array is, so that another process which shares the file system can open it."""

    path: Path
    shape: tuple[int, ...]
    dtype: str

    def open(self) -> NDArray[Any]:
        """What is written into the result is in the file."""
        if not math.prod(self.shape):
            return np.zeros(self.shape, self.dtype)
        return np.memmap(self.path, self.dtype, "r+", shape=self.shape)


class ScratchFolder:
    """Creates arrays in a folder; their files are removed with it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self._count = 0

    def array(self, shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array of zeros."""
        return self.file(shape, dtype).open()

    def file(self, shape: int | tuple[int, ...], dtype: DTypeLike) -> ScratchArray:
        """An array of zeros, not opened."""
        sizes = (shape,) if isinstance(shape, int) else shape
        self._count += 1
        array = ScratchArray(self.path / f"{self._count}.array", sizes, np.dtype(dtype).str)
        with array.path.open("wb") as file:
            file.truncate(math.prod(sizes) * np.dtype(dtype).itemsize)
        return array


@contextmanager
def scratch_folder(parent: Path) -> Iterator[ScratchFolder]:
    """A folder for arrays in `parent`, which is on a disk with room for the outputs of the stage."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="scratch-", ignore_cleanup_errors=True) as folder:
        yield ScratchFolder(Path(folder).absolute())
