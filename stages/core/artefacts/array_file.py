"""Arrays written to `.npy` files a part at a time, with the bytes that `np.save` writes."""

import math
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class ArrayFile:
    """A file whose rows are written in any order, also by several processes.

    Writes, not a memory map: processes on several machines may share the file system.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: str
    first_byte: int

    @classmethod
    def create(cls, path: Path, shape: tuple[int, ...], dtype: DTypeLike) -> "ArrayFile":
        kind = np.dtype(dtype)
        with path.open("wb") as file:
            _write_header(file, shape, kind)
            first_byte = file.tell()
            file.truncate(first_byte + math.prod(shape) * kind.itemsize)
        return cls(path.absolute(), shape, kind.str, first_byte)

    def write(self, first_row: int, rows: NDArray[Any]) -> None:
        if rows.dtype != self.dtype or rows.shape[1:] != self.shape[1:]:
            raise ValueError(f"{self.path.name}: rows of {rows.dtype} {rows.shape[1:]} in an array of {self}")
        row_bytes = math.prod(self.shape[1:]) * rows.dtype.itemsize
        with self.path.open("r+b") as file:
            file.seek(self.first_byte + first_row * row_bytes)
            file.write(np.ascontiguousarray(rows).data)


def concatenate_raw_files(parts: Iterable[Path], target: Path, dtype: DTypeLike) -> None:
    """Write an array of one axis from files of its bytes, which are removed."""
    parts = list(parts)
    kind = np.dtype(dtype)
    count = sum(part.stat().st_size for part in parts) // kind.itemsize
    with target.open("wb") as file:
        _write_header(file, (count,), kind)
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, file, 1 << 20)
            part.unlink()


def _write_header(file: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
