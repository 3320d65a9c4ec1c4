from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.processed import ProcessedData, merge_splits, read_processed, write_processed
from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess

FRAME = pd.DataFrame({"x": np.arange(8.0), "y": np.arange(8.0), "w": [0, 1, 2, 0.5, 0, 3, 4, 5]})


def weighted(frame: pd.DataFrame = FRAME, **params: Any) -> ProcessedData:
    settings = {"targets": "y", "columns": {"w": "weight"}, "split": {"test": 3, "order": "chronological"}} | params
    return preprocess(Table({"all": frame}, kind="series" if "window" in params else "table"), Preprocess(**settings))


def weights_of(data: ProcessedData, split: str) -> list[float]:
    weights = data.weights(split)
    assert weights is not None
    return [float(weight) for weight in weights]


def error(frame: pd.DataFrame, **params: Any) -> str:
    with pytest.raises(UserError) as caught:
        weighted(frame, **params)
    [message] = caught.value.messages
    return str(message)


def test_weights_are_stored_for_each_split_and_are_no_input(tmp_path: Any) -> None:
    data = weighted()
    write_processed(data, tmp_path)
    data = read_processed(tmp_path)
    assert weights_of(data, "train") == [0, 1, 2, 0.5, 0]
    assert weights_of(data, "test") == [3, 4, 5]
    assert data.fitted.weight == "w"
    assert data.fitted.inputs["x"].columns == ["x"]
    assert np.load(tmp_path / "train/weights.npy").dtype == np.float32
    assert weights_of(merge_splits(data, "train", "test"), "train") == [0, 1, 2, 0.5, 0, 3, 4, 5]


def test_without_a_column_of_weights_nothing_is_stored(tmp_path: Any) -> None:
    data = weighted(FRAME[["x", "y"]], columns={})
    write_processed(data, tmp_path)
    assert data.weights("train") is None
    assert not list(tmp_path.rglob("weights.npy"))
    assert "weight" not in (tmp_path / "fitted.json").read_text()


def test_the_weight_of_a_window_is_that_of_its_target() -> None:
    data = weighted(window={"length": 2}, inputs=["x"])
    assert weights_of(data, "train") == [2, 0.5, 0]
    assert weights_of(data, "test") == [3, 4, 5]


def test_outliers_that_are_dropped_take_their_weights_with_them() -> None:
    frame = FRAME.assign(x=[0, 1, 0, 1000, 0, 1, 0, 1])
    data = weighted(frame, steps=[{"step": "drop_outliers", "above": 1.5}])
    assert weights_of(data, "train") == [0, 1, 2, 0]


@pytest.mark.error_case("data with wrong weights")
@pytest.mark.parametrize(
    ("weights", "facts"),
    [
        ([1, -1, 2, np.nan, np.inf, 1, 1, 1], ["-1.0 in row 1, nan in row 3, inf in row 4"]),
        ([1, 1e39, 1, 1, 1, 1, 1, 1], ["1e+39 in row 1"]),
        (list("abcdefgh"), ["a weight is a number; the column holds str"]),
        ([True] * 8, ["a weight is a number; the column holds bool"]),
        ([1, 1, 1, 1, 1, 0, 0, 0], ["all weights of the test split are 0"]),
    ],
)
def test_wrong_weights(weights: list[Any], facts: list[str]) -> None:
    message = error(FRAME.assign(w=weights))
    assert message.startswith("preprocess.columns")
    assert all(fact in message for fact in facts)


def test_no_message_shows_a_private_weight() -> None:
    table = Table({"all": FRAME.assign(w=-1234.5)}, private=["w"])
    params = Preprocess.model_validate({"targets": "y", "columns": {"w": "weight"}, "split": {}})
    with pytest.raises(UserError) as caught:
        preprocess(table, params)
    assert "private in row 0" in str(caught.value)
    assert "1234" not in str(caught.value)
