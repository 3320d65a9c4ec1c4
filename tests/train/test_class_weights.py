"""Weights of classes and samples by hand and as scikit-learn computes them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.errors import ErrorList
from stages.train.class_weights import balanced_weights, check_class_weight, class_weights, sample_weights
from tests.train.small_data import class_target, fitted_data, input_spec, train_params, training_data, value_target

NUMBERS = [0, 0, 0, 1, 2, 2]
TARGETS = {"kind": class_target("integer", 3), "price": value_target()}
TWO = {"kind": class_target("integer", 3), "size": class_target("one_hot", 2)}


def data_with(
    numbers: list[int] = NUMBERS, encoding: str = "integer", weights: list[float] | None = None
) -> ProcessedData:
    y = np.eye(4, dtype="float32")[numbers] if encoding == "one_hot" else np.array(numbers)
    fitted = fitted_data({"x": input_spec(1)}, {"kind": class_target(encoding, 4)})
    data = training_data(fitted, {"x": np.zeros((len(numbers), 1))}, {"kind": y}, len(numbers))
    if weights is None:
        return data
    return ProcessedData(data.fitted, {"train": replace(data.splits["train"], weights=np.array(weights, np.float32))})


def weights_for(weight: Any, **data: Any) -> dict[str, dict[str, float]]:
    return class_weights(train_params(class_weight=weight), data_with(**data))


@pytest.mark.parametrize("encoding", ["integer", "one_hot"])
def test_balanced_is_that_of_scikit_learn(encoding: str) -> None:
    expected = compute_class_weight("balanced", classes=np.arange(3), y=np.array(NUMBERS))
    assert weights_for("balanced", encoding=encoding) == {"kind": dict(zip("abc", expected, strict=True))}


def test_balanced_counts_the_weights_of_rows() -> None:
    weights = [1.0, 2.0, 0.5, 4.0, 1.0, 1.0]
    expected = compute_class_weight("balanced", classes=np.arange(3), y=np.array(NUMBERS), sample_weight=weights)
    found = weights_for("balanced", weights=weights)["kind"]
    assert list(found.values()) == pytest.approx(expected)


def test_every_class_weighs_the_same_in_balance() -> None:
    totals = np.array([5.0, 1.0, 0.0, 2.0])
    weights = balanced_weights(totals)
    assert [weights[n] * totals[n] for n in (0, 1, 3)] == pytest.approx([8 / 3] * 3)


def test_labels_that_are_not_named_weigh_one() -> None:
    assert weights_for({"b": 3}) == {"kind": {"a": 1.0, "b": 3.0, "c": 1.0}}
    assert weights_for({"kind": {"b": 3}}) == weights_for({"b": 3})
    assert weights_for({"kind": "balanced"}) == weights_for("balanced")
    assert weights_for(None) == {}


def test_the_weight_of_a_sample_is_that_of_its_row_times_that_of_its_class() -> None:
    by_class = {"kind": {"a": 1.0, "b": 3.0, "c": 0.5}}
    assert sample_weights(data_with(), "train", {}) == {}
    assert sample_weights(data_with(), "train", by_class)["kind"].tolist() == [1, 1, 1, 3, 0.5, 0.5]
    data = data_with(weights=[2, 2, 0, 2, 2, 1])
    assert sample_weights(data, "train", {})["kind"].tolist() == [2, 2, 0, 2, 2, 1]
    assert sample_weights(data, "train", by_class)["kind"].tolist() == [2, 2, 0, 6, 1, 0.5]


def errors_of(weight: Any, targets: dict[str, TargetSpec]) -> list[str]:
    errors = ErrorList()
    check_class_weight(train_params(class_weight=weight).class_weight, targets, errors)
    return errors.messages


@pytest.mark.parametrize("weight", ["balanced", {"a": 2}, {"kind": "balanced"}, {"kind": {"a": 2, "c": 1.5}}, None])
def test_weights_that_fit(weight: Any) -> None:
    assert errors_of(weight, TARGETS) == []


@pytest.mark.error_case("training parameters that do not fit the data")
@pytest.mark.parametrize(
    ("weight", "targets", "messages"),
    [
        ("balanced", {"y": value_target()}, ["train.class_weight: no target is a class; take it out"]),
        (
            {"a": 2},
            TWO,
            ["train.class_weight: there are several targets; write `class_weight: {kind: {...}, size: {...}}`"],
        ),
        ({"d": 2}, TARGETS, ["train.class_weight: target kind has no class 'd'; allowed: a, b, c"]),
        ({"kimd": {"a": 2}}, TWO, ["train.class_weight: no classes of 'kimd'; did you mean kind?"]),
        ({"price": "balanced"}, TARGETS, ["train.class_weight: no classes of 'price'; it holds values"]),
        (
            {"kind": {"A": 2}, "size": {"c": 1}},
            TWO,
            [
                "train.class_weight: target kind has no class 'A'; did you mean a?",
                "train.class_weight: target size has no class 'c'; allowed: a, b",
            ],
        ),
    ],
)
def test_weights_that_do_not_fit(weight: Any, targets: dict[str, TargetSpec], messages: list[str]) -> None:
    assert errors_of(weight, targets) == messages
