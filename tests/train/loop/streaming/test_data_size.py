"""Which data are held in memory, and the sizes by which others are read."""

from dataclasses import replace

import numpy as np
import pytest

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.train.loop.streaming import data_size
from stages.train.loop.streaming.data_size import (
    ShuffleSizes,
    is_streamed,
    sample_bytes,
    shuffle_sizes,
    stored_bytes,
)
from tests.train.small_data import (
    class_target,
    image_input,
    input_spec,
    picture_input,
    random_data,
    text_input,
    value_target,
    window_input,
    window_over,
    with_weights,
)

# Ten rows and four for validation, of three numbers and a target of four bytes each.
DATA = random_data({"x": input_spec(3)}, {"y": value_target()}, train=10, validation=4, test=50)


def test_bytes_of_the_arrays_that_are_trained_on():
    assert stored_bytes(DATA) == 14 * (3 + 1) * 4
    assert stored_bytes(with_weights(DATA)) == 14 * (3 + 1 + 1) * 4


@pytest.mark.parametrize(("limit", "expected"), [(14 * 16, False), (14 * 16 - 1, True)])
def test_data_above_the_limit_are_streamed(monkeypatch, limit, expected):
    monkeypatch.setattr(data_size, "IN_MEMORY_BYTES", limit)
    assert is_streamed(DATA) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (DATA, 16),
        (with_weights(DATA), 20),
        # Each of the 4 + 2 rows of a window has a number and a target.
        (random_data({"x": window_input(4, "a")}, {"y": value_target()}, window=window_over(4, 1, 2)), 6 * 8),
        (random_data({"x": picture_input(2, 3, 1)}, {"y": class_target("one_hot", 4)}), 6 + 16),
    ],
)
def test_bytes_of_a_sample(data, expected):
    assert sample_bytes(data, "train") == expected


def test_bytes_of_a_text_are_those_of_a_mean_text():
    data = random_data({"x": text_input(6)}, {"y": value_target()}, train=10)
    rows = data.splits["train"].inputs["x"]
    assert isinstance(rows, RaggedRows)
    assert sample_bytes(data, "train") == -(-(len(rows.ids) + 11 * 8) // 10) + 4


def with_images(side):
    data = random_data({"x": input_spec(1)}, {"y": value_target()}, train=2)
    images = np.zeros((2, side, side, 1), np.uint8)
    train = replace(data.splits["train"], inputs={"x": images})
    fitted = data.fitted.model_copy(update={"inputs": {"x": image_input([], side, side, 1)}})
    return replace(data, fitted=fitted, splits={"train": train})


@pytest.mark.parametrize(
    ("data", "batch", "expected"),
    [
        # 2^18 bytes are 16,384 samples of 16 bytes, and 2^22 samples are fewer than 2^28 bytes.
        (DATA, 32, ShuffleSizes(window=1 << 22, block=1 << 14)),
        (DATA, 1000, ShuffleSizes(window=4_194_000, block=1 << 14)),
        # Of 90,004 bytes, 2 fit into a block and 2,982 into a window.
        (with_images(300), 100, ShuffleSizes(window=2900, block=2)),
        (with_images(300), 5000, ShuffleSizes(window=5000, block=2)),
        (with_images(600), 1, ShuffleSizes(window=745, block=1)),
    ],
)
def test_sizes_of_windows_and_blocks(data, batch, expected):
    assert shuffle_sizes(data, "train", batch) == expected
