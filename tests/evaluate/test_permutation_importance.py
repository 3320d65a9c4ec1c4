from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import PermutationImportance
from stages.evaluate.params import Evaluate
from stages.evaluate.permutation_importance import (
    WHOLE_ROW,
    input_groups,
    permutation_importance,
    with_shuffled_column,
)
from stages.evaluate.target_predictions import TargetPredictions
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.core.artefacts.example_pictures import table_with_pictures
from tests.evaluate.columns_of_every_kind import table_of_every_kind
from tests.evaluate.processed_examples import classes, processed_data, series, values
from tests.report.example_datasets import images

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)
# The third column has no effect.
Y = 3 * X[:, :1] + X[:, 1:2]


def table(**splits: range) -> ProcessedData:
    return values({name: (X[[*rows]], Y[[*rows]]) for name, rows in splits.items()})


def predict(inputs: Any) -> TargetPredictions:
    return TargetPredictions(3 * inputs["x"][:, :1] + inputs["x"][:, 1:2])


def importance(data: ProcessedData, refit: bool = False, metric: str = "mse", **params: Any) -> PermutationImportance:
    evaluate = Evaluate.model_validate({"headline": metric, "baselines": ["linear"], **params})
    return permutation_importance(evaluate, data, refit, ("y", metric), predict)


def test_columns_are_in_the_order_of_their_importance() -> None:
    found = importance(table(train=range(20), validation=range(20, 60), test=range(20)), importance_repeats=20)
    assert [each.column for each in found.columns] == ["x0", "x1", "x2"]
    assert (found.split, found.rows, found.repeats, found.left_out) == ("validation", 40, 20, None)
    first, second, third = found.columns
    assert (third.mean, third.spread) == (0, 0)
    # Shuffling adds twice the variance of what the column contributes: the model is exact, so the error was 0.
    assert first.mean == pytest.approx(2 * 9 * X[20:, 0].var(), rel=0.2)
    assert second.mean == pytest.approx(2 * X[20:, 1].var(), rel=0.2)


def test_a_metric_that_falls_has_a_positive_importance() -> None:
    found = importance(table(train=range(20), test=range(20, 60)), metric="r2")
    assert found.columns[0].mean > 0.5


@pytest.mark.parametrize("refit", [False, True])
def test_without_validation_rows_of_its_own_the_rows_of_the_split_are_used(refit: bool) -> None:
    rows = {"validation": range(20, 30)} if refit else {}
    found = importance(table(train=range(20), test=range(30, 60), **rows), refit)
    assert (found.split, found.rows) == ("test", 30)


def test_the_seed_decides() -> None:
    data = table(train=range(20), test=range(20, 60))
    assert importance(data) == importance(data) != importance(data, seed=1)


def test_many_rows_are_thinned_evenly() -> None:
    x = np.repeat(X, 50, axis=0)
    assert importance(values({"train": (X, Y), "test": (x, np.repeat(Y, 50, axis=0))})).rows == 1000


@pytest.mark.parametrize(
    ("data", "params", "reason"),
    [
        (table(train=range(20), test=range(20)), {"importance_repeats": 0}, "evaluate.importance_repeats is 0"),
        (series({"train": [1.0] * 9, "test": [1.0] * 9}, 3, 1), {}, "it is measured for tables only"),
        (images().processed, {}, "it is measured for tables only"),
        (classes({"train": [0, 1], "test": [0]}), {}, "there is only one column"),
        (values({"train": (np.zeros((2, 101)), [1, 2]), "test": (np.zeros((2, 101)), [1, 2])}), {}, "101 columns"),
    ],
)
def test_left_out_with_a_reason(data: ProcessedData, params: dict[str, Any], reason: str) -> None:
    found = importance(data, **params)
    assert found.left_out is not None
    assert reason in found.left_out
    assert found.columns == []


def test_a_column_of_several_inputs_has_a_position_in_each() -> None:
    data = table(train=range(2))
    spec = data.fitted.inputs["x"]
    both = data.fitted.model_copy(update={"inputs": {"wide": spec, "deep": spec}})
    assert input_groups(both)["x1"] == [("wide", 1), ("deep", 1)]


def test_the_numbers_of_one_column_are_a_group() -> None:
    data = table_of_every_kind()
    groups = input_groups(data.fitted)
    assert groups.pop("photo") == [("photo", WHOLE_ROW)]
    assert set(groups) == {"size", "weight", "colour", "city"}
    assert (len(groups["size"]), len(groups["weight"]), len(groups["city"])) == (2, 1, 1)
    assert len(groups["colour"]) >= 3
    positions = [position for group in groups.values() for position in group]
    widths = {name: array.shape[1] for name, array in data.inputs("test").items() if name != "photo"}
    expected = [(name, position) for name, width in widths.items() for position in range(width)]
    assert sorted(positions, key=str) == sorted(expected, key=str)


def test_all_positions_of_a_column_are_shuffled_in_the_same_order() -> None:
    inputs = {"wide": np.arange(20.0).reshape(10, 2), "deep": np.arange(10.0)[:, None], "other": np.ones((10, 1))}
    positions = [("wide", 0), ("deep", 0)]
    shuffled = with_shuffled_column(inputs, positions, np.random.default_rng(0))
    assert sorted(shuffled["deep"][:, 0]) == list(range(10)) != list(shuffled["deep"][:, 0])
    np.testing.assert_array_equal(shuffled["wide"][:, 0], 2 * shuffled["deep"][:, 0])
    np.testing.assert_array_equal(shuffled["wide"][:, 1], inputs["wide"][:, 1])
    assert inputs["deep"][:, 0].tolist() == list(range(10)), "the inputs stay as they are"


def test_a_picture_is_shuffled_as_a_whole() -> None:
    """The price is the mean of the picture plus the size, so nothing else matters."""
    params = Preprocess.model_validate({"targets": "price", "split": {"test": 0.5}})
    data = preprocess(table_with_pictures(60), params)
    evaluate = Evaluate.model_validate({"headline": "mse", "baselines": ["linear"]})

    def predict_price(inputs: Any) -> TargetPredictions:
        means = inputs["photo"].mean(axis=(1, 2, 3)) * 255
        return TargetPredictions((means + inputs["x"][:, 0])[:, None])

    found = permutation_importance(evaluate, data, False, ("price", "mse"), predict_price)
    importances = {each.column: each.mean for each in found.columns}
    assert list(importances) == ["photo", "size", "colour"]
    assert importances["photo"] > 100 * importances["size"] > 0
    assert importances["colour"] == 0
    shuffled = with_shuffled_column(data.inputs("test"), [("photo", WHOLE_ROW)], np.random.default_rng(0))
    before = sorted(picture.tobytes() for picture in data.inputs("test")["photo"])
    assert sorted(picture.tobytes() for picture in shuffled["photo"]) == before


def test_a_metric_that_the_rows_do_not_define() -> None:
    data = processed_data(
        {"train": ({"x": X}, {"y": Y}), "test": ({"x": X[:1]}, {"y": Y[:1]})}, table(train=range(2)).fitted.targets
    )
    left_out = importance(data, metric="r2").left_out
    assert left_out is not None
    assert "r2 is not defined on the test rows" in left_out
