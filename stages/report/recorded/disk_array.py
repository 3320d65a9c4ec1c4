"""An array that is written part by part to a temporary file, for more values than the memory may hold."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

DATA = Path("data")


@contextmanager
def disk_array(dtype: DTypeLike) -> "Iterator[DiskArray]":
    """The file has no name, so that nothing of it is left when the process ends. What was mapped stays readable."""
    # The folder for temporary files can be in memory; that of the data has room for a large table.
    with tempfile.TemporaryFile(dir=DATA if DATA.is_dir() else None) as file:
        yield DiskArray(file, dtype)


class DiskArray:
    def __init__(self, file: IO[bytes], dtype: DTypeLike) -> None:
        self._file, self._dtype = file, np.dtype(dtype)

    def append(self, values: NDArray[Any]) -> None:
        self._file.write(np.ascontiguousarray(values, self._dtype).data)

    def map(self) -> NDArray[Any]:
        """All values. The operating system reads them when they are used, and can drop them at any time."""
        self._file.flush()
        count = self._file.tell() // self._dtype.itemsize
        if not count:
            return np.zeros(0, self._dtype)
        mapped: NDArray[Any] = np.memmap(self._file, self._dtype, "r", shape=(count,))
        return mapped
