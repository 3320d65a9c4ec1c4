from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from stages.core.artefacts.raw.arrow_values import number_values, one_array, truth_values, valid_rows

NUMBER_TYPES = [pa.int8(), pa.int64(), pa.uint16(), pa.float32(), pa.float64()]


def parts_of(values: list[Any], dtype: pa.DataType) -> list[pa.Array]:
    """The same values as one array, as a part of a longer one, and of two chunks."""
    longer = pa.array([values[-1], *values, values[0]], dtype)
    chunks = pa.chunked_array([values[:1], values[1:]], dtype)
    return [pa.array(values, dtype), longer.slice(1, len(values)), one_array(chunks)]


@pytest.mark.parametrize("values", [[3, 1, 2], [3, None, 2], [None, None], []], ids=str)
@pytest.mark.parametrize("dtype", NUMBER_TYPES, ids=str)
def test_numbers_are_those_of_pandas(values: list[Any], dtype: pa.DataType) -> None:
    for array in parts_of(values, dtype) if values else [pa.array(values, dtype)]:
        expected = array.to_pandas().to_numpy()
        found = number_values(array)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(valid_rows(array), [value is not None for value in values])


def test_truth_values() -> None:
    values = [True, False, True, True, False, False, True, False, True]
    for array in parts_of(values, pa.bool_()):
        assert truth_values(array).tolist() == values
    for array in parts_of([True, None, False], pa.bool_()):
        assert truth_values(array)[[0, 2]].tolist() == [True, False]
        assert valid_rows(array).tolist() == [True, False, True]


def test_dictionaries_of_chunks_become_one() -> None:
    chunks = [pa.array(["a", None, "b"]).dictionary_encode(), pa.array(["b", "c"]).dictionary_encode()]
    array = one_array(pa.chunked_array(chunks))
    assert array.to_pylist() == ["a", None, "b", "b", "c"]
    assert array.dictionary.to_pylist() == ["a", "b", "c"]
