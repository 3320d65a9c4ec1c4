"""Reading some samples in memory of their size."""

import threading
import tracemalloc

import numpy as np
import pytest

from stages.train.loop.streaming.read_samples import read_ahead, read_samples
from tests.train.small_data import fitted_data, input_spec, training_data, value_target


def test_a_few_rows_of_a_large_array_take_memory_of_their_size(tmp_path):
    """Also of columns of another array, which are not contiguous."""
    rows = 200_000
    x = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (rows, 5))
    x[:] = np.arange(rows * 5).reshape(rows, 5)
    data = training_data(fitted_data({"x": input_spec(5)}, {"y": value_target()}), {"x": x}, {"y": x[:, 2:4]}, rows)
    tracemalloc.start()
    found = read_samples(data, "train", {}, np.array([150_000, 3], np.int32))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.inputs["x"].tolist() == [[750_000, 750_001, 750_002, 750_003, 750_004], [15, 16, 17, 18, 19]]
    assert found.targets["y"].tolist() == [[750_002, 750_003], [17, 18]]
    assert peak < 100_000


def test_the_next_item_is_made_while_one_is_used():
    made = threading.Event()

    def items():
        yield "first"
        made.set()
        yield "second"

    found = read_ahead(items())
    assert next(found) == "first"
    assert made.wait(timeout=10)
    assert [*found] == ["second"]


def test_an_error_while_reading_is_raised():
    def items():
        yield 1
        raise OSError("no such file")

    found = read_ahead(items())
    assert next(found) == 1
    with pytest.raises(OSError, match="no such file"):
        next(found)
