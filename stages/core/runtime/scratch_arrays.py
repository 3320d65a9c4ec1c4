"""Arrays in temporary files, for values that are too many for the memory.

The operating system reads and writes their pages as they are used. They belong to the file, not to the process, so that
they can be removed from memory at any time.
"""

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class ScratchFolder:
    """Creates arrays in a folder; their files are removed with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def array(self, shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array of zeros."""
        sizes = (shape,) if isinstance(shape, int) else shape
        if not math.prod(sizes):
            return np.zeros(sizes, dtype)
        self._count += 1
        return np.memmap(self._folder / f"{self._count}.array", dtype, "w+", shape=sizes)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[ScratchFolder]:
    """A folder for arrays in `parent`, which is on a disk with room for the outputs of the stage."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="scratch-", ignore_cleanup_errors=True) as folder:
        yield ScratchFolder(Path(folder))
