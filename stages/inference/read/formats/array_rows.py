"""Rows of an npz file: an array for each column, or one matrix of numbers."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError, format_examples
from stages.inference.input_schema import InputSchema
from stages.inference.read.build_block import WrittenRows
from stages.inference.read.carried_values import carried_values
from stages.inference.read.files.zip_files import DAMAGE, MAX_REASON
from stages.inference.read.match_columns import match_columns

BLOCK_ROWS = 16_384
MAX_BYTES = 1 << 32
Arrays = Mapping[str, NDArray[Any]]


def array_blocks(file: io.BufferedReader, schema: InputSchema) -> Iterator[WrittenRows]:
    """An npz file is read as a whole. One matrix has the columns in the order of the schema."""
    arrays = _columns(_load(file), schema)
    names = list(arrays)
    matched = match_columns(names, schema)
    count = _row_count(arrays)
    for start in range(0, count, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, count)
        yield WrittenRows(
            range(start + 1, stop + 1),
            {column: _values(arrays[names[n]][start:stop]) for column, n in matched.needed.items()},
            {column: carried_values(arrays[names[n]][start:stop].tolist()) for column, n in matched.carried.items()},
        )


def _load(file: io.BufferedReader) -> dict[str, NDArray[Any]]:
    seekable = file if file.seekable() else io.BytesIO(file.read())
    try:
        with zipfile.ZipFile(seekable) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_BYTES:
            raise UserError(f"arrays of {size:,} bytes; at most {MAX_BYTES:,} are read from an npz file")
        seekable.seek(0)
        with np.load(seekable, allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name]) for name in arrays.files}
    except (*DAMAGE, KeyError, RuntimeError, MemoryError) as error:  # also a password, or a size that is none
        raise UserError(f"not readable as npz: {' '.join(str(error).split())[:MAX_REASON]}") from None


def _columns(arrays: dict[str, NDArray[Any]], schema: InputSchema) -> dict[str, NDArray[Any]]:
    """Each array of one axis is a column. A matrix alone has all columns of the schema."""
    matrices = [name for name, array in arrays.items() if array.ndim == 2]
    if len(matrices) == 1 and len(arrays) == 1:
        matrix = arrays[matrices[0]]
        if matrix.shape[1] != len(schema.columns):
            raise UserError(
                f"array {matrices[0]!r} has {matrix.shape[1]} columns; {len(schema.columns)} are expected: "
                f"{format_examples(schema.names)}"
            )
        return {name: matrix[:, position] for position, name in enumerate(schema.names)}
    if other := [name for name, array in arrays.items() if array.ndim != 1]:
        raise UserError(f"array {format_examples(map(repr, other))}: an array of one axis is expected for each column")
    return arrays


def _row_count(arrays: Arrays) -> int:
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        described = format_examples(f"{name!r} {count:,}" for name, count in counts.items())
        raise UserError(f"arrays of different lengths: {described}")
    return next(iter(counts.values()), 0)


def _values(array: NDArray[Any]) -> Any:
    """Numbers and times stay arrays; texts and truth values become objects of Python."""
    return array if array.dtype.kind in "iufM" else array.tolist()
