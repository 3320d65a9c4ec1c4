"""The positive class of a target: its names, its number, and the metrics of the baselines."""

from typing import Any

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.evaluate.baselines.compute_baselines import compute_baselines
from stages.evaluate.evaluation_record import baseline_metrics
from stages.evaluate.params import Evaluate, positive_class_errors
from stages.evaluate.positive_class import check_positive_class, positive_classes
from stages.evaluate.prediction_files import prediction_details
from stages.evaluate.target_predictions import predict_classes
from tests.evaluate.processed_examples import class_and_value, classes

TWO = classes({"train": [0, 0, 1], "validation": [0, 1], "test": [0, 1, 1]}, ["rose", "tulip"])


def evaluate(positive_class: Any, **fields: Any) -> Evaluate:
    return Evaluate.model_validate(
        {"headline": "x", "baselines": ["majority"], "positive_class": positive_class} | fields
    )


@pytest.mark.parametrize(
    ("named", "number"),
    [(None, {}), ("rose", {"kind": 0}), ("tulip", {"kind": 1}), ({"kind": "rose"}, {"kind": 0}), ({}, {})],
)
def test_the_number_of_the_named_class(named: Any, number: dict[str, int]) -> None:
    params = evaluate(named)
    check_positive_class(params, TWO)
    assert positive_classes(params, TWO) == number


def test_a_name_is_for_the_targets_with_two_classes() -> None:
    assert positive_classes(evaluate("rose"), class_and_value()) == {"kind": 0}


@pytest.mark.parametrize(
    ("named", "error"),
    [
        ("tulp", "target kind has no class 'tulp'; did you mean tulip?"),
        ({"knd": "rose"}, "no target 'knd'; did you mean kind?"),
        ({"kind": "ros"}, "target kind has no class 'ros'; did you mean rose?"),
    ],
)
def test_a_wrong_name(named: Any, error: str) -> None:
    with pytest.raises(UserError) as caught:
        check_positive_class(evaluate(named), TWO)
    assert str(caught.value) == f"evaluate.positive_class: {error}"


def test_a_target_of_which_no_class_can_be_positive() -> None:
    three = {"kind": ["a", "b", "c"], "size": []}
    assert list(positive_class_errors("a", three)) == [
        "'a' is for a target with two classes, and there is none; remove it"
    ]
    assert list(positive_class_errors({"kind": "a", "size": "b"}, three)) == [
        "target kind has 3 classes, and a positive class is one of two; remove it",
        "target size has no classes, and a positive class is one of two; remove it",
    ]


def test_classes_that_are_not_known_are_not_checked() -> None:
    assert list(positive_class_errors("a", {"kind": None})) == []
    assert list(positive_class_errors({"kind": "a"}, {"kind": None})) == []


def test_baselines_are_measured_for_the_positive_class() -> None:
    """The majority is rose: one of the three test rows."""
    for named, expected in (("rose", (1 / 3, 1.0)), ("tulip", (0.0, 0.0))):
        params = evaluate(named, fitted_baselines=[])
        metrics = baseline_metrics(params, TWO, compute_baselines(params, TWO))["majority"]["kind"]
        assert (metrics["precision"], metrics["recall"]) == pytest.approx(expected)


def test_recall_is_not_defined_without_rows_of_the_class() -> None:
    data = classes({"train": [0, 1], "test": [0, 0]}, ["rose", "tulip"])
    params = evaluate("tulip", fitted_baselines=[])
    metrics = baseline_metrics(params, data, compute_baselines(params, data))["majority"]["kind"]
    assert (metrics["precision"], "recall" in metrics, "f1" in metrics) == (0, False, False)


def test_the_details_have_the_calibration_of_the_positive_class() -> None:
    probabilities = np.array([[0.75, 0.25], [0.75, 0.25], [0.0, 1.0]])
    found = {
        positive: prediction_details(TWO, "test", {"kind": predict_classes(probabilities, positive=positive)})
        .targets["kind"]
        .model_dump()
        for positive in (None, 0)
    }
    assert "positive" not in found[None]
    assert found[0]["positive"] == "rose"
    assert [part["share_correct"] for part in found[0]["calibration"]] == [0, 0.5]
