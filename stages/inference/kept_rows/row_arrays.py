"""Rows as the arrays of a .npz file, without pickled objects."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.inference.new_rows.raw_rows import RawRows, RawValues

# The same time in every file, as zip cannot have none.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# In place of a truth value.
GAP = -1


def write_row_arrays(rows: RawRows, path: Path) -> None:
    """The same rows give the same bytes. Columns are named by their positions: a name may be no file name."""
    with zipfile.ZipFile(path, "w") as archive:
        for position, name in enumerate(rows.columns):
            for part, array in _parts(rows.columns[name]).items():
                with archive.open(zipfile.ZipInfo(f"{position}.{part}.npy", ZIP_TIME), "w") as file:
                    np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)


def read_row_arrays(path: Path, columns: list[str], count: int) -> RawRows:
    """Rows with these columns, in their order in the file."""
    with np.load(path, allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays.files}
    values = {
        name: _joined({key.partition(".")[2]: a for key, a in found.items() if key.partition(".")[0] == str(position)})
        for position, name in enumerate(columns)
    }
    return RawRows(values, count)


def _parts(values: RawValues) -> dict[str, NDArray[Any]]:
    if isinstance(values, PictureValues):
        return {"pixels": values.pixels, "numbers": values.numbers}
    if isinstance(values, RaggedRows):
        return {"ids": values.ids, "offsets": values.offsets}
    if values.dtype == object and any(isinstance(value, bool) for value in values):
        return {"truths": np.array([GAP if value is None else int(value) for value in values], np.int8)}
    if values.dtype == object:
        missing = np.array([value is None for value in values])
        return {"texts": np.array(["" if value is None else str(value) for value in values]), "missing": missing}
    return {"values": values}


def _joined(parts: dict[str, NDArray[Any]]) -> RawValues:
    match parts:
        case {"pixels": pixels, "numbers": numbers}:
            return PictureValues(pixels, numbers)
        case {"ids": ids, "offsets": offsets}:
            return RaggedRows(ids, offsets)
        case {"truths": truths}:
            return np.array([None if truth == GAP else bool(truth) for truth in truths.tolist()], object)
        case {"texts": texts, "missing": missing}:
            objects = texts.astype(object)
            objects[missing] = None
            return objects
        case _:
            return parts["values"]
