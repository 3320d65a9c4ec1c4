"""Models with known weights, for a class, a value, and both together."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.model_evaluation import evaluate_model, predictor_of_target
from tests.evaluate.processed_examples import class_and_value, processed_data

LOSSES = {"kind": "sparse_categorical_crossentropy", "y": "mean_squared_error"}


def two_headed_model() -> keras.Model:
    """`kind` has the logits 0 and x - 3.5, and `y` is 2x + 1."""
    x = keras.layers.Input((1,), name="x")
    heads = {
        "kind": keras.layers.Dense(2, activation="softmax", name="kind"),
        "y": keras.layers.Dense(1, name="y"),
    }
    model = keras.Model({"x": x}, {name: head(x) for name, head in heads.items()}, name="model")
    heads["kind"].set_weights([np.array([[0.0, 1]]), np.array([0, -3.5])])
    heads["y"].set_weights([np.array([[2.0]]), np.array([1.0])])
    return model


def test_a_class_and_a_value_are_measured_each_by_its_own_metrics() -> None:
    """The rows 3 and 4 are tulip and rose, and predicted as rose and tulip. y is 7 and 10, predicted 7 and 9."""
    found = evaluate_model(two_headed_model(), class_and_value(), "test", LOSSES)
    assert found.predictions["kind"].predicted.tolist() == [0, 1]
    assert found.predictions["y"].predicted[:, 0].tolist() == [7, 9]
    assert (found.metrics["kind"]["accuracy"], found.metrics["kind"]["roc_auc"]) == (0, 0)
    assert found.metrics["kind"]["log_loss"] == pytest.approx(found.metrics["kind"]["loss"], rel=1e-5)
    assert found.metrics["kind"]["log_loss"] == pytest.approx(np.log(1 + np.exp(0.5)), rel=1e-5)
    assert found.metrics["y"] == pytest.approx(
        {"loss": 0.5, "mse": 0.5, "mae": 0.5, "rmse": 0.5**0.5, "r2": 1 - 1 / 4.5}
    )
    assert (found.undefined, found.thresholds) == ({}, {})


def test_a_given_threshold_applies_to_the_classes_alone() -> None:
    """The probability of tulip is 0.38 and 0.62."""
    found = evaluate_model(two_headed_model(), class_and_value(), "test", LOSSES, threshold=0.3)
    assert found.predictions["kind"].predicted.tolist() == [1, 1]
    assert set(found.thresholds) == {"kind"}
    assert found.metrics["kind"]["accuracy"] == 0.5
    assert found.predictions["y"].predicted[:, 0].tolist() == [7, 9]


def with_validation_rows() -> ProcessedData:
    """In the validation rows, all from x = 2 on are tulips."""
    targets = {
        "kind": TargetSpec(column=ClassLabels(columns=["kind"], encoding="integer", classes=["rose", "tulip"])),
        "y": TargetSpec(column=NumberColumns(columns=["size"])),
    }
    rows = {"train": ([1, 3], [0, 1]), "validation": ([1, 2, 3, 4], [0, 1, 1, 1]), "test": ([1.9, 3], [1, 1])}
    arrays = {
        name: (
            {"x": np.array(x, np.float32)[:, None]},
            {"kind": np.array(kind), "y": np.array(x, np.float64)[:, None]},
        )
        for name, (x, kind) in rows.items()
    }
    return processed_data(arrays, targets)


def test_a_rule_chooses_the_threshold_on_the_validation_rows() -> None:
    found = evaluate_model(two_headed_model(), with_validation_rows(), "test", LOSSES, "best_balanced_accuracy")
    threshold = found.thresholds["kind"]
    of_1, of_2 = (1 / (1 + np.exp(3.5 - x)) for x in (1, 2))
    assert threshold.value == pytest.approx((of_1 + of_2) / 2, rel=1e-5)
    assert (threshold.rule, threshold.positive, threshold.validation_value) == ("best_balanced_accuracy", "tulip", 1.0)
    assert found.predictions["kind"].predicted.tolist() == [1, 1]


def test_the_threshold_is_chosen_for_the_positive_class() -> None:
    data, model = with_validation_rows(), two_headed_model()
    found = evaluate_model(model, data, "test", LOSSES, "best_f1", positive={"kind": 0})
    threshold = found.thresholds["kind"]
    of_1, of_2 = (1 / (1 + np.exp(x - 3.5)) for x in (1, 2))
    assert threshold.value == pytest.approx((of_1 + of_2) / 2, rel=1e-5)
    assert (threshold.positive, threshold.validation_value) == ("rose", 1.0)
    assert found.predictions["kind"].predicted.tolist() == [1, 1]
    given = evaluate_model(model, class_and_value(), "test", LOSSES, 0.3, {"kind": 0})
    assert given.predictions["kind"].predicted.tolist() == [0, 0]
    assert (given.metrics["kind"]["precision"], given.metrics["kind"]["recall"]) == (0.5, 1)
    predict = predictor_of_target(model, class_and_value(), "kind", given.thresholds, {"kind": 0})
    assert predict({"x": np.array([[3.0]], np.float32)}).positive == 0


def test_the_weights_of_validation_rows_change_the_chosen_threshold() -> None:
    """The rows 2 and 3 are of no weight, so any threshold between those of 1 and 4 is best: the middle is chosen."""
    data = with_validation_rows()
    splits = {
        name: replace(split, weights=np.array([1, 0, 0, 1] if name == "validation" else [1, 1], np.float32))
        for name, split in data.splits.items()
    }
    weighted = evaluate_model(
        two_headed_model(), replace(data, splits=splits), "test", LOSSES, "best_balanced_accuracy"
    )
    threshold = weighted.thresholds["kind"]
    of_1, of_4 = (1 / (1 + np.exp(3.5 - x)) for x in (1, 4))
    assert threshold.value == pytest.approx((of_1 + of_4) / 2, rel=1e-5)
    assert threshold.weighted


def test_a_class_that_no_test_row_has_leaves_metrics_undefined() -> None:
    found = evaluate_model(two_headed_model(), with_validation_rows(), "test", LOSSES)
    assert set(found.undefined) == {"kind"}
    assert set(found.undefined["kind"]) == {"pr_auc", "roc_auc"}


def test_the_predictor_takes_inputs_and_gives_the_predictions_of_one_target() -> None:
    data, model = class_and_value(), two_headed_model()
    inputs = {"x": np.array([[3.0], [4]], np.float32)}
    given = evaluate_model(model, data, "test", LOSSES, threshold=0.3)
    assert predictor_of_target(model, data, "kind", {})(inputs).predicted.tolist() == [0, 1]
    assert predictor_of_target(model, data, "kind", given.thresholds)(inputs).predicted.tolist() == [1, 1]
    assert predictor_of_target(model, data, "y", {})(inputs).predicted[:, 0].tolist() == [7, 9]


def test_the_predictor_takes_more_samples_than_a_batch() -> None:
    x = np.arange(1000, dtype=np.float32)[:, None]
    predictions = predictor_of_target(two_headed_model(), class_and_value(), "y", {})({"x": x})
    assert np.array_equal(predictions.predicted, 2.0 * x + 1)
