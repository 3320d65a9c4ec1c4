from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.raw.ragged_rows import (
    RaggedRows,
    Rows,
    concatenate_ragged,
    concatenate_rows,
    offsets_from_lengths,
)
from stages.core.artefacts.raw.shared_rows import SharedRows

ROWS = [[7, 1], [], [4], [2, 0, 7], []]


def ragged(rows: Sequence[Sequence[int]]) -> RaggedRows:
    ids = np.array([i for row in rows for i in row], np.uint16)
    return RaggedRows(ids, offsets_from_lengths(np.array([len(row) for row in rows])))


def lists(rows: Rows) -> list[list[int]]:
    assert not isinstance(rows, SharedRows)
    return [row.tolist() for row in rows]


def test_iteration_includes_empty_rows() -> None:
    assert lists(ragged(ROWS)) == ROWS
    assert len(ragged(ROWS)) == 5


@pytest.mark.parametrize(
    "part", [slice(None), slice(1, 4), slice(3, 99), slice(2, 2), slice(None, None, -1), slice(-2, None)]
)
def test_a_slice_is_that_of_a_list(part: slice) -> None:
    assert lists(ragged(ROWS)[part]) == ROWS[part]


@pytest.mark.parametrize("rows", [[3, 0], [0, 0, 3], [1], [1, 4], [4, 3, 2, 1, 0], [], [-1, -2]])
def test_rows_are_taken_in_the_given_order(rows: list[int]) -> None:
    assert lists(ragged(ROWS)[np.array(rows, np.int64)]) == [ROWS[row] for row in rows]


def test_rows_of_a_slice() -> None:
    assert lists(ragged(ROWS)[2:][np.array([1, 0])]) == [[2, 0, 7], [4]]


def test_ids_keep_their_type_and_offsets_start_at_zero() -> None:
    part = ragged(ROWS)[3:]
    assert part.ids.dtype == np.uint16
    np.testing.assert_array_equal(part.offsets, np.array([0, 3, 3], np.int64), strict=True)
    assert ragged(ROWS)[:0].offsets.tolist() == [0]


def test_memory_mapped_ids(tmp_path: Path) -> None:
    whole = ragged(ROWS)
    np.save(tmp_path / "ids.npy", whole.ids)
    mapped = RaggedRows(np.load(tmp_path / "ids.npy", mmap_mode="r"), whole.offsets)
    assert lists(mapped[np.array([3, 0])]) == [[2, 0, 7], [7, 1]]


def test_dense_rows_show_which_ids_occur_not_how_often() -> None:
    hot = ragged([[2, 0, 2], [], [3]]).to_dense(4)
    assert hot.tolist() == [[1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
    assert hot.dtype == np.float32
    assert ragged([]).to_dense(4).shape == (0, 4)


def test_weights_follow_their_ids() -> None:
    rows = RaggedRows(np.array([2, 0, 1]), np.array([0, 2, 2, 3]), np.array([0.5, 2.0, 4.0], np.float32))
    assert rows.to_dense(3).tolist() == [[2, 0, 0.5], [0, 0, 0], [0, 4, 0]]
    assert rows[np.array([2, 0])].to_dense(3).tolist() == [[0, 4, 0], [2, 0, 0.5]]
    assert concatenate_ragged([rows[:1], rows[1:]]).to_dense(3).tolist() == rows.to_dense(3).tolist()
    assert rows.select(rows.ids > 0).to_dense(3).tolist() == [[0, 0, 0.5], [0, 0, 0], [0, 4, 0]]


def test_an_id_outside_of_the_width() -> None:
    with pytest.raises(IndexError):
        ragged([[4]]).to_dense(4)


def test_concatenation() -> None:
    parts: list[Rows] = [ragged([[], [5]]), ragged([]), ragged(ROWS)]
    assert lists(concatenate_rows(parts)) == [[], [5], *ROWS]
    assert lists(concatenate_rows([np.array([[1], [2]]), np.array([[3]])])) == [[1], [2], [3]]


def test_concatenation_has_the_larger_id_type() -> None:
    small, large = RaggedRows(np.array([1], np.uint8), np.array([0, 1])), ragged([[60_000]])
    assert lists(concatenate_ragged([small, large])) == [[1], [60_000]]
