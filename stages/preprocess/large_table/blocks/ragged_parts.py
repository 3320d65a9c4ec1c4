"""Rows of different lengths: each block writes a part, and the parts are joined when the lengths of all are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.array_file import concatenate_raw_files
from stages.core.artefacts.raw.ragged_rows import RaggedRows, offsets_from_lengths


@dataclass(frozen=True)
class RaggedPart:
    """Files beside `path` have the ids of the rows, and weights if there are any."""

    path: Path
    lengths: NDArray[np.int64]
    dtype: str

    @classmethod
    def write(cls, path: Path, rows: RaggedRows) -> "RaggedPart":
        part = cls(path, np.diff(rows.offsets), rows.ids.dtype.str)
        rows.ids.tofile(part.file("ids"))
        if rows.weights is not None:
            rows.weights.tofile(part.file("weights"))
        return part

    def file(self, name: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{name}")


def join_parts(parts: Sequence[RaggedPart], folder: Path, name: str, weighted: bool) -> None:
    """Write the arrays of all rows. The files of the parts are removed."""
    lengths = np.concatenate([part.lengths for part in parts])
    np.save(folder / f"{name}.offsets.npy", offsets_from_lengths(lengths))
    concatenate_raw_files([part.file("ids") for part in parts], folder / f"{name}.ids.npy", parts[0].dtype)
    if weighted:
        weights = [part.file("weights") for part in parts]
        concatenate_raw_files(weights, folder / f"{name}.weights.npy", np.float32)
