"""Arrays by name in an npz: numbers as arrays, objects as the plain list that they are written as."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from stages.core.errors import UserError
from stages.download.formats.archives import members
from stages.download.formats.bounded_reading import ZIP, Opens, starts
from stages.download.formats.check_images import Array
from stages.download.formats.restricted_pickle import Stored, shaped, unpickled
from stages.download.params import Limits

MAGIC = b"\x93NUMPY"
SUFFIX = ".npy"
HEADER = re.compile(
    r"\{'descr': '([|<>=]?(?:[biuf][1248]|O8?))', 'fortran_order': (True|False), 'shape': \(([0-9L, ]*)\), \}\s*"
)


def read_npz(content: Opens, names: Sequence[str], limits: Limits) -> list[Array | list[Any]]:
    if not starts(content).startswith(ZIP):
        raise UserError("not an npz file")
    files = {f"{name}{SUFFIX}" for name in names}
    found = dict(members(content, files, limits))
    return [read_npy(name, found.pop(f"{name}{SUFFIX}")) for name in names]


def read_npy(name: str, content: bytes) -> Array | list[Any]:
    """What `numpy.load` reads, except that a shape is only believed once the bytes for it are there."""
    try:
        dtype, by_column, sides, begins = _header(content)
        if dtype.hasobject:
            return _objects(content[begins:], sides)
        return shaped(content[begins:], dtype, sides, by_column)
    except (ValueError, OverflowError) as error:
        raise UserError(f"{name}: not a readable array: {error}") from None


def _header(content: bytes) -> tuple[np.dtype[Any], bool, list[int], int]:
    """The type, whether columns come first, the shape, and where the numbers begin."""
    length_ends = 10 if content[6:7] == b"\x01" else 12
    if content[:6] != MAGIC or content[6:8] not in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
        raise ValueError("no header of an array")
    begins = length_ends + int.from_bytes(content[8:length_ends], "little")
    found = HEADER.fullmatch(content[length_ends:begins].decode("latin1"))
    if found is None:
        raise ValueError("it holds something else than numbers or objects")
    kind, by_column, shape = found.groups()
    sides = [int(side.strip(" L")) for side in shape.split(",") if side.strip()]
    return np.dtype(kind), by_column == "True", sides, begins


def _objects(content: bytes, sides: list[int]) -> list[Any]:
    stored = unpickled(content)
    if not isinstance(stored, Stored) or not isinstance(stored.content, list) or sides != [len(stored.content)]:
        raise ValueError(f"no list of {sides} objects")
    return stored.content
