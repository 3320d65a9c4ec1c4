import numpy as np
import pytest

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.errors import UserError
from stages.inference.predictions import class_probabilities, median_outputs, predictions_from_outputs, sorted_quantiles
from tests.evaluate.processed_examples import STANDARD, processed_data, values
from tests.evaluate.series_examples import forecasts


def test_values_are_predicted_in_their_own_unit() -> None:
    data = values({"test": ([[0.0], [0]], [[0.0], [0]])}, steps=[STANDARD])
    assert predictions_from_outputs(data, "test", {"y": np.array([[7.0], [9]])})["y"].tolist() == [[24], [28]]


def test_one_sigmoid_unit_gives_both_probabilities() -> None:
    target = TargetSpec(column=ClassLabels(columns=["c"], encoding="integer", classes=["no", "yes"]))
    assert class_probabilities(target, np.array([[0.25], [1.0]], np.float32)).tolist() == [[0.75, 0.25], [0.0, 1.0]]
    softmax = np.array([[0.5, 0.5]], np.float32)
    data = processed_data({"test": ({"x": [[0.0]]}, {"c": np.array([0])})}, {"c": target})
    assert predictions_from_outputs(data, "test", {"c": softmax})["c"] is softmax


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


@pytest.mark.error_case("predictions")
@pytest.mark.parametrize("output", [100.0, 1000.0, np.nan])
def test_predictions_that_become_too_large_when_a_logarithm_is_undone(output: float) -> None:
    """exp(100) would have a finite square in 64 bits, exp(1000) is infinite."""
    data = forecasts({"a": np.arange(1.0, 101.0)}, {"length": 4}, target_steps=[{"step": "log"}])
    outputs = np.zeros((data.sample_count("test"), 1), np.float32)
    outputs[1] = output
    with pytest.raises(UserError, match=rf"target y: 1 of {len(outputs)} predictions are too large for 32 bits"):
        predictions_from_outputs(data, "test", {"y": outputs})
