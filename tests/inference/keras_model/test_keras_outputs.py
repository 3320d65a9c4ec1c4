from typing import Any

import keras
import numpy as np
import pytest

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData, ProcessedSplit, TargetSpec
from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.token_ids import TokenIds
from stages.core.errors import UserError
from stages.core.own_model.model_files import NO_MODEL_FILES
from stages.inference.keras_model.keras_outputs import BATCH, model_outputs
from stages.inference.keras_model.losses import loss_functions, mean_loss
from stages.inference.predictions import class_probabilities, median_outputs, predictions_from_outputs, sorted_quantiles
from tests.evaluate.processed_examples import STANDARD, processed_data, series, values
from tests.evaluate.series_examples import forecasts
from tests.inference.linear_model import linear_model

PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], np.float32)


def test_outputs_are_in_the_order_of_the_samples() -> None:
    x = np.arange(2 * BATCH + 7.0)[:, None]
    outputs = model_outputs(linear_model(2, 1), values({"test": (x, x)}), "test")
    np.testing.assert_allclose(outputs["y"], 2 * x + 1)


def test_windows_are_made_per_batch() -> None:
    data = series({"test": [*range(BATCH + 10)]}, length=3, horizon=1)
    outputs = model_outputs(linear_model(1, 0, (3, 1)), data, "test")
    np.testing.assert_allclose(outputs["y"][:, 0], 3 * np.arange(BATCH + 7) + 3)


def test_multi_hot_rows_are_made_per_batch() -> None:
    """A text of n distinct words is a row with n ones, and the model adds them up."""
    lengths = np.arange(BATCH + 3) % 4
    rows = RaggedRows(np.concatenate([np.arange(n) for n in lengths]), np.concatenate([[0], np.cumsum(lengths)]))
    spec = InputSpec(column=TokenIds(columns=["text"], vocabulary_size=4), shape=[4])
    target = TargetSpec(column=NumberColumns(columns=["y"]))
    fitted = Fitted(inputs={"x": spec}, targets={"y": target}, splits={"test": len(lengths)})
    split = ProcessedSplit({"x": rows}, {"y": lengths[:, None].astype(np.float32)}, np.arange(len(lengths)))
    outputs = model_outputs(linear_model(1, 0, (4,)), ProcessedData(fitted, {"test": split}), "test")
    assert outputs["y"][:, 0].tolist() == lengths.tolist()


def test_several_inputs_and_targets_are_matched_by_name() -> None:
    inputs = {name: keras.layers.Input((1,), name=name) for name in ("left", "right")}
    joined = keras.layers.Concatenate(name="joined")(list(inputs.values()))
    heads = {name: keras.layers.Dense(1, name=name) for name in ("sum", "difference")}
    model = keras.Model(inputs, {name: head(joined) for name, head in heads.items()}, name="model")
    heads["sum"].set_weights([np.array([[1.0], [1]]), np.zeros(1)])
    heads["difference"].set_weights([np.array([[1.0], [-1]]), np.zeros(1)])
    targets = {name: TargetSpec(column=NumberColumns(columns=[name])) for name in ("difference", "sum")}
    left, right = np.array([[5.0], [7]]), np.array([[1.0], [2]])
    arrays = {"test": ({"right": right, "left": left}, {"sum": left + right, "difference": left - right})}
    data = processed_data(arrays, targets)
    outputs = model_outputs(model, data, "test")
    for name in ("sum", "difference"):
        np.testing.assert_allclose(outputs[name], data.truth("test")[name])


def test_values_are_predicted_in_their_own_unit() -> None:
    data = values({"test": ([[0.0], [0]], [[0.0], [0]])}, steps=[STANDARD])
    assert predictions_from_outputs(data, "test", {"y": np.array([[7.0], [9]])})["y"].tolist() == [[24], [28]]


def test_one_sigmoid_unit_gives_both_probabilities() -> None:
    target = TargetSpec(column=ClassLabels(columns=["c"], encoding="integer", classes=["no", "yes"]))
    assert class_probabilities(target, np.array([[0.25], [1.0]], np.float32)).tolist() == [[0.75, 0.25], [0.0, 1.0]]
    softmax = np.array([[0.5, 0.5]], np.float32)
    data = processed_data({"test": ({"x": [[0.0]]}, {"c": np.array([0])})}, {"c": target})
    assert predictions_from_outputs(data, "test", {"c": softmax})["c"] is softmax


@pytest.mark.parametrize(
    ("name", "truth", "outputs", "expected"),
    [
        ("mean_squared_error", [[1.0], [2]], [[2.0], [5]], (1 + 9) / 2),
        ("mean_absolute_error", [[1.0], [2]], [[2.0], [5]], (1 + 3) / 2),
        ("huber", [[1.0], [2]], [[1.5], [5]], (0.125 + 2.5) / 2),
        ("binary_crossentropy", [1, 0], [[0.9], [0.2]], -(np.log(0.9) + np.log(0.8)) / 2),
        ("sparse_categorical_crossentropy", [0, 2], PROBABILITIES, -(np.log(0.7) + np.log(0.8)) / 2),
        ("categorical_crossentropy", [[1, 0, 0], [0, 0, 1]], PROBABILITIES, -(np.log(0.7) + np.log(0.8)) / 2),
    ],
)
def test_mean_loss(name: str, truth: Any, outputs: Any, expected: float) -> None:
    assert mean_loss(name, np.array(truth), np.array(outputs, np.float32)) == pytest.approx(expected, rel=1e-5)


QUANTILES = [0.1, 0.5, 0.9]
# Two samples of two columns. The quantiles of the second column of the first sample cross.
OF_QUANTILES = np.array([[1.0, 6, 2, 5, 3, 4], [-1, 0, 0, 0, 7, 8]], np.float32)


def test_quantiles_do_not_cross() -> None:
    assert sorted_quantiles(OF_QUANTILES, QUANTILES).tolist() == [
        [[1, 4], [2, 5], [3, 6]],
        [[-1, 0], [0, 0], [7, 8]],
    ]


def test_the_median_of_the_targets_with_quantiles() -> None:
    outputs = {"y": OF_QUANTILES, "z": np.ones((2, 1), np.float32)}
    found = median_outputs(outputs, {"y": QUANTILES})
    assert found["y"].tolist() == [[2, 5], [0, 0]]
    assert found["z"] is outputs["z"]


def test_the_loss_of_quantiles() -> None:
    """Of one column: 4 is predicted as 1, 2 and 3, with 1/2 of the weight, and 0 exactly."""
    losses = loss_functions({"y": "pinball", "z": "huber"}, NO_MODEL_FILES, QUANTILES)
    truth, outputs = np.array([[4.0], [0.0]], np.float32), np.array([[1.0, 2, 3], [0, 0, 0]], np.float32)
    loss = (0.1 * 3 + 0.5 * 2 + 0.9 * 1) / 3
    assert mean_loss(losses["y"], truth, outputs) == pytest.approx(loss / 2, rel=1e-6)
    assert mean_loss(losses["y"], truth, outputs, np.array([0.5, 1], np.float32)) == pytest.approx(loss / 4, rel=1e-6)
    assert losses["z"] == "huber"


@pytest.mark.error_case("predictions")
@pytest.mark.parametrize("output", [100.0, 1000.0, np.nan])
def test_predictions_that_become_too_large_when_a_logarithm_is_undone(output: float) -> None:
    """exp(100) would have a finite square in 64 bits, exp(1000) is infinite."""
    data = forecasts({"a": np.arange(1.0, 101.0)}, {"length": 4}, target_steps=[{"step": "log"}])
    outputs = np.zeros((data.sample_count("test"), 1), np.float32)
    outputs[1] = output
    with pytest.raises(UserError, match=rf"target y: 1 of {len(outputs)} predictions are too large for 32 bits"):
        predictions_from_outputs(data, "test", {"y": outputs})
