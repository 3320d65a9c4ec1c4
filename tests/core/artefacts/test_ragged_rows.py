"""Rows of different lengths: chosen, joined and spread out as plain Python would do it."""

from collections.abc import Sequence

import numpy as np
import pytest

from stages.core.artefacts.ragged_rows import RaggedRows, concatenate_ragged, offsets_from_lengths

ROWS = [[7, 1], [], [4], [2, 0, 7], []]


def ragged(rows: Sequence[Sequence[int]]) -> RaggedRows:
    return RaggedRows(
        np.array([i for row in rows for i in row], np.uint16), offsets_from_lengths(np.array([len(r) for r in rows]))
    )


def plain(rows: RaggedRows) -> list[list[int]]:
    return [row.tolist() for row in rows]


def test_rows_come_one_after_another_the_empty_ones_too() -> None:
    assert plain(ragged(ROWS)) == ROWS
    assert len(ragged(ROWS)) == 5


@pytest.mark.parametrize(
    "part", [slice(None), slice(1, 4), slice(3, 99), slice(2, 2), slice(None, None, -1), slice(-2, None)]
)
def test_a_slice_is_that_of_a_list(part: slice) -> None:
    assert plain(ragged(ROWS)[part]) == ROWS[part]


@pytest.mark.parametrize("rows", [[3, 0], [0, 0, 3], [1], [1, 4], [4, 3, 2, 1, 0], [], [-1, -2]])
def test_rows_in_any_order_and_as_often_as_asked_for(rows: list[int]) -> None:
    assert plain(ragged(ROWS)[np.array(rows, np.int64)]) == [ROWS[r] for r in rows]


def test_a_part_of_a_part() -> None:
    assert plain(ragged(ROWS)[2:][np.array([1, 0])]) == [[2, 0, 7], [4]]


def test_the_first_row_may_be_empty() -> None:
    assert plain(ragged([[], [5]])[np.array([1, 0])]) == [[5], []]


def test_ids_keep_their_type_and_offsets_begin_at_nothing() -> None:
    part = ragged(ROWS)[3:]
    assert (part.ids.dtype, part.offsets.dtype) == (np.uint16, np.int64)
    assert part.offsets.tolist() == [0, 3, 3]
    assert ragged(ROWS)[:0].offsets.tolist() == [0]


def test_what_is_mapped_into_memory_is_left_there(tmp_path) -> None:
    whole = ragged(ROWS)
    np.save(tmp_path / "ids.npy", whole.ids)
    mapped = RaggedRows(np.load(tmp_path / "ids.npy", mmap_mode="r"), whole.offsets)
    assert plain(mapped[np.array([3, 0])]) == [[2, 0, 7], [7, 1]]


def test_multi_hot_says_which_ids_there_are_and_not_how_often() -> None:
    hot = ragged([[2, 0, 2], [], [3]]).multi_hot(4)
    assert hot.tolist() == [[1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
    assert hot.dtype == np.float32
    assert ragged([]).multi_hot(4).shape == (0, 4)


def test_an_id_outside_the_width_is_a_fault() -> None:
    with pytest.raises(IndexError):
        ragged([[4]]).multi_hot(4)


def test_joined_is_one_after_another() -> None:
    assert plain(concatenate_ragged([ragged([[], [5]]), ragged([]), ragged(ROWS)])) == [[], [5], *ROWS]


def test_joined_holds_the_larger_ids() -> None:
    small, large = RaggedRows(np.array([1], np.uint8), np.array([0, 1])), ragged([[60_000]])
    assert plain(concatenate_ragged([small, large])) == [[1], [60_000]]
