import numpy as np

from stages.core.columns.column_params import CategoryParams, InputParams, NumberParams, TextParams
from stages.core.columns.features.fill_forward import fill_columns_forward, fill_forward


def test_times_and_texts() -> None:
    days = np.array(["NaT", "2020-01-01", "NaT"], "M8[us]")
    assert np.isnat(fill_forward(days)).tolist() == [True, False, False]
    assert fill_forward(np.array([None, "a", None, "b"], object)).tolist() == [None, "a", "a", "b"]


def test_only_columns_that_ask_for_it_are_filled() -> None:
    gaps = np.array([1.0, np.nan])
    kinds: dict[str, InputParams] = {
        "a": NumberParams(kind="number", missing="forward", missing_indicator=True),
        "b": NumberParams(kind="number", missing="median", missing_indicator=True),
        "c": CategoryParams(kind="category", missing="forward", missing_values=["-"]),
        "d": TextParams(kind="text"),
    }
    columns = {"a": gaps, "b": gaps, "c": np.array(["x", "-"], object), "d": np.array(["x", None], object)}
    table = fill_columns_forward(columns, kinds)
    assert table.columns["a"].tolist() == [1, 1]
    assert np.isnan(table.columns["b"]).tolist() == [False, True]
    assert table.columns["c"].tolist() == ["x", "x"]
    assert table.columns["d"].tolist() == ["x", None]
    assert {name: mask.tolist() for name, mask in table.filled.items()} == {"a": [False, True]}
