"""Weights of rows in the loss, in the baselines and in the evaluation record."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.evaluate.baselines.compute_baselines import compute_baselines
from stages.evaluate.evaluation_record import baseline_metrics
from stages.evaluate.params import Evaluate
from tests.evaluate import processed_examples


def with_weights(data: ProcessedData, **weights: Any) -> ProcessedData:
    splits = {name: replace(split, weights=np.array(weights[name], np.float32)) for name, split in data.splits.items()}
    return ProcessedData(data.fitted, splits)


def evaluate(*baselines: str, headline: str = "accuracy") -> Evaluate:
    return Evaluate.model_validate({"headline": headline, "baselines": list(baselines)})


def test_the_majority_is_that_of_the_weights() -> None:
    data = processed_examples.classes({"train": [0, 0, 0, 1], "test": [0, 1]})
    params = evaluate("majority")
    assert compute_baselines(params, data).predictions["majority"]["kind"].predicted.tolist() == [0, 0]
    weighted = with_weights(data, train=[1, 1, 1, 4], test=[1, 3])
    computed = compute_baselines(params, weighted)
    predicted = computed.predictions["majority"]["kind"]
    assert predicted.predicted.tolist() == [1, 1]
    assert predicted.probabilities is not None
    np.testing.assert_allclose(predicted.probabilities[0], [3 / 7, 4 / 7, 0])
    metrics = baseline_metrics(params, weighted, computed)["majority"]["kind"]
    assert (metrics["accuracy"], metrics["weighted_accuracy"]) == (0.5, 0.75)


def test_least_squares_are_weighted() -> None:
    """With the weights of a row repeated, the line is that of the repeated rows."""
    x, y = np.array([[0.0], [1], [2], [3]]), np.array([0.0, 2, 1, 5])
    repeated = [0, 1, 1, 1, 2, 3, 3]
    test = (np.array([[4.0], [5]]), np.array([5.0, 6]))
    params = evaluate("linear", headline="rmse")
    weighted = with_weights(processed_examples.values({"train": (x, y), "test": test}), train=[1, 3, 1, 2], test=[1, 1])
    expected = processed_examples.values({"train": (x[repeated], y[repeated]), "test": test})
    found, by_repetition = (
        compute_baselines(params, data).predictions["linear"]["y"].predicted for data in (weighted, expected)
    )
    np.testing.assert_allclose(found, by_repetition)


def test_the_loss_is_that_of_keras_with_sample_weights() -> None:
    import keras

    from stages.inference.keras_model.losses import mean_loss

    truth = np.array([[1.0, 0], [0, 1], [0, 1]], np.float32)
    outputs = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]], np.float32)
    weights = np.array([2.0, 0.5, 0.0], np.float32)
    expected = float(keras.losses.CategoricalCrossentropy()(truth, outputs, sample_weight=weights))
    assert mean_loss("categorical_crossentropy", truth, outputs, weights) == pytest.approx(expected, rel=1e-6)
    by_hand = (2 * np.log(4 / 3) + 0.5 * np.log(2)) / 3
    assert expected == pytest.approx(by_hand, rel=1e-5)
