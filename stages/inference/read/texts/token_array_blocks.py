"""Word numbers in an npz file become blocks of rows."""

import zipfile
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.errors import ErrorList, UserError
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.read.files.array_files import OpenArray, array_names, open_array
from stages.inference.read.row_block import RowBlock

IDS, OFFSETS = "ids", "offsets"
INDEX = "index"
MAX_ROWS = 4096
# Of one block, and so of one text.
MAX_WORDS = 1 << 24
MAX_TEXTS = 1 << 27


def blocks_of_tokens(opened: zipfile.ZipFile, column: str) -> Iterator[RowBlock]:
    """Text r is ids[offsets[r] : offsets[r + 1]], as in the raw data of the dataset."""
    if missing := sorted({IDS, OFFSETS} - set(array_names(opened))):
        raise UserError(f"no array {' and '.join(missing)}; text r is ids[offsets[r] : offsets[r + 1]]")
    with open_array(opened, OFFSETS) as array:
        offsets = _read_offsets(array)
    with open_array(opened, IDS) as array:
        _check_ids(array, offsets)
        first = 0
        while first < len(offsets) - 1:
            stop = _end_of_block(offsets, first)
            yield _block(array, offsets[first : stop + 1], first, column)
            first = stop


def _read_offsets(array: OpenArray) -> NDArray[np.int64]:
    if array.dtype.kind not in "iu" or len(array.shape) != 1 or not 1 < array.shape[0] <= MAX_TEXTS:
        raise UserError(f"{OFFSETS}: {array.dtype} of shape {array.shape}; expected whole numbers, one more than texts")
    offsets = array.read_rows(array.shape[0]).astype(np.int64)
    lengths = np.diff(offsets)
    errors = ErrorList()
    errors.check(int(offsets[0]) == 0, f"{OFFSETS}: begin with {offsets[0]}; expected 0")
    errors.check(bool((lengths >= 0).all()), f"{OFFSETS}: become smaller; expected the end of each text in order")
    errors.check(bool((lengths <= MAX_WORDS).all()), f"{OFFSETS}: a text of more than {MAX_WORDS:,} words")
    errors.raise_if_any()
    return offsets


def _check_ids(array: OpenArray, offsets: NDArray[np.int64]) -> None:
    if array.dtype.kind not in "iu" or len(array.shape) != 1:
        raise UserError(f"{IDS}: {array.dtype} of shape {array.shape}; expected the word numbers of all texts")
    if array.shape[0] != offsets[-1]:
        raise UserError(f"{IDS}: {array.shape[0]:,} word numbers; the last of {OFFSETS} is {offsets[-1]:,}")


def _end_of_block(offsets: NDArray[np.int64], first: int) -> int:
    """As many texts as have MAX_WORDS together, and one at least.

    >>> _end_of_block(np.array([0, MAX_WORDS - 1, MAX_WORDS, MAX_WORDS + 1]), 0)
    2
    """
    fitting = int(np.searchsorted(offsets, offsets[first] + MAX_WORDS, side="right")) - 1
    return min(max(fitting, first + 1), first + MAX_ROWS, len(offsets) - 1)


def _block(array: OpenArray, offsets: NDArray[np.int64], first: int, column: str) -> RowBlock:
    ids = array.read_rows(int(offsets[-1] - offsets[0])).astype(np.int64)
    if ids.size and int(ids.min()) < 0:
        raise UserError(f"{IDS}: {ids.min()} is no word number; expected 0 or more")
    count = len(offsets) - 1
    numbers = np.arange(first, first + count, dtype=np.int64)
    rows = RawRows({column: RaggedRows(ids, offsets - offsets[0])}, count)
    return RowBlock(rows, numbers + 1, {INDEX: [str(number) for number in numbers]})
