from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.artefacts.processed import ProcessedSplit
from stages.core.artefacts.raw.ragged_rows import RaggedRows, offsets_from_lengths
from stages.preprocess import count_samples_seen_in_training as module
from stages.preprocess.count_samples_seen_in_training import seen_in_training


def split(*inputs: Any) -> ProcessedSplit:
    return ProcessedSplit({f"x{n}": rows for n, rows in enumerate(inputs)}, {}, range(len(inputs[0])))


def texts(*rows: Sequence[int]) -> RaggedRows:
    ids = np.array([i for row in rows for i in row], np.uint8)
    return RaggedRows(ids, offsets_from_lengths(np.array([len(row) for row in rows])))


def test_rows_that_are_also_training_rows() -> None:
    train = split(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]], np.float32))
    validation = split(np.ones((1, 2), np.float32))
    test = split(np.array([[3.0, 4.0], [2.0, 1.0], [1.0, 2.0], [1.0, 2.0]], np.float32))
    counts = seen_in_training({"train": train, "validation": validation, "test": test})
    assert counts == {"validation": 0, "test": 3}


def test_texts_with_the_same_ids_and_empty_texts() -> None:
    train, test = split(texts([1, 4], [], [2])), split(texts([4], [1, 4], [], [1, 2, 4]))
    assert seen_in_training({"train": train, "test": test}) == {"test": 2}


def test_the_same_words_with_other_weights_are_another_text() -> None:
    def weighted(*weights: float) -> ProcessedSplit:
        return split(RaggedRows(np.array([1, 4], np.uint8), np.array([0, 2]), np.array(weights, np.float32)))

    counts = seen_in_training({"train": weighted(0.6, 0.8), "same": weighted(0.6, 0.8), "test": weighted(0.8, 0.6)})
    assert counts == {"same": 1, "test": 0}


def test_all_inputs_of_a_sample_are_compared() -> None:
    left, right = np.array([[1], [2]], np.float32), np.array([[7], [8]], np.float32)
    counts = seen_in_training(
        {"train": split(left, right), "test": split(left, right[::-1]), "same": split(left, right)}
    )
    assert counts == {"test": 0, "same": 2}


def test_rows_with_equal_hashes_are_compared_by_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_random_weights", lambda count, _seed: np.zeros(count, np.uint64))
    train, test = split(np.array([[1], [2]], np.uint8)), split(np.array([[2], [3]], np.uint8))
    assert seen_in_training({"train": train, "test": test}) == {"test": 1}


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@settings(deadline=None, derandomize=True)
@given(width=st.integers(1, 9), seed=st.integers(0, 2**31))
def test_the_count_is_that_of_a_set_of_rows(dtype: Any, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    train, test = (random.integers(0, 2, (rows, width)).astype(dtype) for rows in (9, 30))
    expected = sum(tuple(row) in {tuple(k) for k in train.tolist()} for row in test.tolist())
    assert seen_in_training({"train": split(train), "test": split(test)}) == {"test": expected}
