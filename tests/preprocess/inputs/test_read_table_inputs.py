from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.row_numbers import RowNumbers
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.column_params import ColumnParams
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess.inputs.raw_columns import RawColumn
from stages.preprocess.inputs.read_table_inputs import read_table_inputs

FRAME = pd.DataFrame(
    {
        "age": [10.0, np.nan, 30.0, 50.0],
        "fare": [1.0, 2.0, 3.0, 4.0],
        "port": ["S", "C", "S", "C"],
        "cabin no": ["a", "b", "c", "d"],
    }
)


def read(
    inputs: dict[str, list[str]],
    columns: dict[str, Any],
    frame: pd.DataFrame = FRAME,
    rows: RowNumbers = range(4),
    is_series: bool = False,
) -> dict[str, RawColumn]:
    params = {name: type_adapter(ColumnParams).validate_python(column) for name, column in columns.items()}
    return read_table_inputs(inputs, frame, params, rows, is_series)


def errors(*args: Any, **options: Any) -> str:
    with pytest.raises(UserError) as caught:
        read(*args, **options)
    return str(caught.value)


def test_numbers_without_gaps_are_a_matrix_as_they_are() -> None:
    (array,) = read({"x": ["fare"]}, {}).values()
    assert isinstance(array.column, NumberColumns)
    assert array.values.tolist() == [[1], [2], [3], [4]]


def test_columns_of_other_kinds_become_features_of_one_matrix() -> None:
    arrays = read({"x": ["fare", "age", "port"]}, {"age": {"kind": "number", "missing": "median"}})
    assert list(arrays) == ["x"]
    column, values = arrays["x"].column, arrays["x"].values
    assert isinstance(column, FeatureMatrix)
    assert column.columns == ["fare", "age", "port"]
    assert column.outputs == ["fare", "age", "port=C", "port=S"]
    assert [feature.inferred for feature in column.features] == [True, False, True]
    assert column.transform(values).tolist() == [[1, 10, 0, 1], [2, 30, 1, 0], [3, 30, 0, 1], [4, 50, 1, 0]]


def test_a_category_by_embedding_is_an_array_of_its_own() -> None:
    arrays = read({"x": ["fare", "cabin no"]}, {"cabin no": {"kind": "category", "encoding": "embedding"}})
    assert list(arrays) == ["x", "cabin_no"]
    ids = arrays["cabin_no"]
    assert isinstance(ids.column, CategoryIds)
    assert ids.column.columns == ["cabin no"]
    assert ids.column.transform(ids.values).tolist() == [[2], [3], [4], [5]]
    assert ids.column.id_count == 6


def test_what_is_learned_comes_from_the_training_rows() -> None:
    rows = np.array([0, 2])
    changed = FRAME.assign(age=[10.0, 999.0, 30.0, np.nan], port=["S", "Q", "S", "C"])
    columns = {"age": {"kind": "number", "missing": "mean"}}
    first, second = (read({"x": ["age", "port"]}, columns, frame, rows)["x"].column for frame in (FRAME, changed))
    assert first == second
    assert isinstance(first, FeatureMatrix)
    assert first.features[0].fill == 20
    assert first.outputs == ["age", "port=S"]
    assert first.training_rows == 2


def test_gaps_of_a_series_are_filled_with_the_value_before() -> None:
    forward = {"age": {"kind": "number", "missing": "forward"}}
    arrays = read({"x": ["age"]}, forward, is_series=True)
    assert np.ravel(np.asarray(arrays["x"].column.transform(arrays["x"].values))).tolist() == [10, 10, 30, 50]
    first_missing = FRAME.assign(age=[np.nan, 1, np.nan, 2])
    assert "column age: missing in the first rows" in errors({"x": ["age"]}, forward, first_missing, is_series=True)
    assert "preprocess.columns.age.missing: forward is for rows in order of time" in errors({"x": ["age"]}, forward)


def test_gaps_that_are_filled_with_the_value_before_can_have_an_indicator() -> None:
    """In the rows of a split too, whose first gap is filled from the split before."""
    columns = {
        "age": {"kind": "number", "missing": "forward", "missing_indicator": True, "missing_values": [50]},
        "port": {"kind": "category", "missing": "forward", "missing_indicator": True},
        "fare": "number",
    }
    frame = FRAME.assign(port=["S", None, None, "C"])
    array = read({"x": ["age", "port", "fare"]}, columns, frame, is_series=True)["x"]
    assert isinstance(array.column, FeatureMatrix)
    assert array.column.outputs == ["age", "age missing", "port=C", "port=S", "port missing", "fare"]
    expected = [[10, 0, 0, 1, 0, 1], [10, 1, 0, 1, 1, 2], [30, 0, 0, 1, 1, 3], [30, 1, 1, 0, 0, 4]]
    assert array.column.transform(array.values).tolist() == expected
    for rows in (slice(1, 3), np.array([3, 1])):
        assert array.column.transform(array.values[rows]).tolist() == np.array(expected)[rows].tolist()


def test_everything_wrong_in_all_columns_is_reported() -> None:
    frame = FRAME.assign(fare=["1", "x", "3", "4"])
    columns = {"cabin no": "category", "fare": "boolean"}
    message = errors({"x": ["age", "fare"], "z": ["cabin no", "age"]}, columns, frame)
    assert message.count("column age: missing in 1 of 4 rows") == 2
    assert "column fare: 3 of 4 values are not true or false" in message


def test_columns_that_cannot_be_inputs() -> None:
    assert "column cabin no: 4 different texts in 4" in errors({"x": ["cabin no"]}, {})
    assert "column port has kind ignore, so it cannot be an input" in errors({"x": ["port"]}, {"port": "ignore"})
    fill = {"port": {"kind": "category", "missing": "most_frequent"}}
    only_in_test = FRAME.assign(port=[None, None, None, "S"])
    message = errors({"x": ["port"]}, fill, only_in_test, rows=range(3))
    assert "column port: missing in every training row" in message


def test_rows_of_table_values() -> None:
    values = TableValues({"a": np.array([1, 2, 3])})
    assert (len(values), list(values[np.array([2, 0])].columns["a"])) == (3, [3, 1])
    filled = TableValues({"a": np.arange(3), "b": np.arange(3)}, {"b": np.array([False, True, False])})
    assert (list(filled.select(["a"]).columns), filled.select(["a"]).filled) == (["a"], {})
    assert filled.select(["b"])[1:].filled["b"].tolist() == [True, False]
