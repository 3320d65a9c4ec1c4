"""The arrays of an npz file. An array of objects is returned as the list of its elements."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from stages.core.errors import UserError
from stages.download.formats.archives import read_members
from stages.download.formats.arrays.restricted_pickle import PickledArray, unpickle
from stages.download.formats.read_untrusted_files import ZIP_SIGNATURE, Array, OpenFile, array_from_bytes, first_bytes
from stages.download.params.file_params import Limits

SIGNATURE = b"\x93NUMPY"
VERSIONS = (b"\x01\x00", b"\x02\x00", b"\x03\x00")
HEADER = re.compile(
    r"\{'descr': '([|<>=]?(?:[biuf][1248]|O8?))', 'fortran_order': (True|False), 'shape': \(([0-9L, ]*)\), \}\s*"
)


def read_npz(open_file: OpenFile, names: Sequence[str], limits: Limits) -> list[Array | list[Any]]:
    if not first_bytes(open_file).startswith(ZIP_SIGNATURE):
        raise UserError("not an npz file")
    members = dict(read_members(open_file, {f"{name}.npy" for name in names}, limits))
    return [read_npy(name, members.pop(f"{name}.npy")) for name in names]


def read_npy(name: str, content: bytes) -> Array | list[Any]:
    """As `numpy.load`, but without allocating memory for a declared shape, and without running a pickle."""
    try:
        dtype, fortran_order, shape, start = _parse_header(content)
        if not dtype.hasobject:
            return array_from_bytes(content[start:], dtype, shape, fortran_order)
        array = unpickle(content[start:])
        if not isinstance(array, PickledArray) or not isinstance(array.content, list) or shape != [len(array.content)]:
            raise ValueError(f"no list of {shape} objects")
        return array.content
    except (ValueError, OverflowError) as error:
        raise UserError(f"{name}: not a readable array: {error}") from None


def _parse_header(content: bytes) -> tuple[np.dtype[Any], bool, list[int], int]:
    """The dtype, whether the order is Fortran's, the shape, and the position of the first element."""
    if not content.startswith(SIGNATURE) or content[6:8] not in VERSIONS:
        raise ValueError("no header of an array")
    length_end = 10 if content[6:7] == b"\x01" else 12
    start = length_end + int.from_bytes(content[8:length_end], "little")
    header = HEADER.fullmatch(content[length_end:start].decode("latin1"))
    if header is None:
        raise ValueError("it holds something else than numbers or objects")
    dtype, fortran_order, shape = header.groups()
    sides = [int(side.strip(" L")) for side in shape.split(",") if side.strip()]
    return np.dtype(dtype), fortran_order == "True", sides, start
