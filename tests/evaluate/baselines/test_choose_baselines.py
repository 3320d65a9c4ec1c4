from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import UserError
from stages.evaluate.baselines.choose_baselines import check_baselines, chosen_baselines, plan_fitted_baselines
from stages.evaluate.params import Evaluate
from tests.evaluate.processed_examples import class_and_value, classes, series, values
from tests.report.example_datasets import images, texts

KINDS = classes({"train": [0, 1, 2], "test": [0]})
NUMBERS = values({"train": ([[1]], [1]), "test": ([[1]], [1])})

WINDOWS = series({"train": [*range(9)], "test": [*range(9)]}, length=3, horizon=1)

SEASONS = series({"train": [*range(9)], "test": [*range(9)]}, length=3, horizon=1, season=3)


def params(*baselines: str, **others: Any) -> Evaluate:
    return Evaluate.model_validate({"headline": "x", "baselines": [*baselines] or None, **others})


def error_message(data: ProcessedData, *baselines: str, **others: Any) -> str:
    with pytest.raises(UserError) as caught:
        check_baselines(params(*baselines, **others), data)
    return str(caught.value)


def test_baselines_that_apply_to_no_target_are_reported() -> None:
    kinds, numbers = classes({"train": [0]}), values({"train": ([[1]], [1])})
    assert error_message(kinds, "linear") == "evaluate.baselines: linear fits no target; use majority or shuffled"
    assert error_message(numbers, "majority", "linear", "persistence").splitlines() == [
        "evaluate.baselines: majority fits no target; use linear",
        "evaluate.baselines: persistence fits no target; use linear",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (KINDS, ["majority", "shuffled"]),
        (NUMBERS, ["linear"]),
        (WINDOWS, ["persistence", "drift", "theta", "linear"]),
        (SEASONS, ["persistence", "drift", "seasonal_naive", "theta", "linear"]),
        (class_and_value(), ["majority", "shuffled", "linear"]),
    ],
    ids=["classes", "values", "values of a series", "values of a series with a season", "both"],
)
def test_without_a_list_all_baselines_that_apply_are_chosen(data: ProcessedData, expected: list[str]) -> None:
    assert chosen_baselines(params(), data) == expected
    check_baselines(params(), data)


def test_a_list_chooses_in_its_own_order() -> None:
    assert chosen_baselines(params("shuffled", "majority"), KINDS) == ["shuffled", "majority"]
    assert chosen_baselines(params("linear"), WINDOWS) == ["linear"]


def test_every_target_needs_a_baseline() -> None:
    data = class_and_value()
    check_baselines(Evaluate(headline="y.mse", baselines=["majority", "linear"]), data)
    assert error_message(data, "majority") == "evaluate.baselines: none for target y; add linear"


def test_fitted_baselines_that_apply_to_no_target_are_reported() -> None:
    assert error_message(KINDS, "majority", fitted_baselines=["linear"]) == (
        "evaluate.fitted_baselines: linear fits no target; use logistic or gradient_boosting"
    )
    assert error_message(NUMBERS, "linear", fitted_baselines=["logistic"]) == (
        "evaluate.fitted_baselines: logistic fits no target; use linear or gradient_boosting"
    )


def fitted(data: ProcessedData, *baselines: str, **others: Any) -> list[tuple[str, str]]:
    return [*plan_fitted_baselines(params(*baselines, **others), data).fitted]


def test_by_default_a_linear_model_and_boosting_are_fitted_for_tables_and_windows() -> None:
    assert fitted(KINDS, "majority") == [("logistic", "kind"), ("gradient_boosting", "kind")]
    assert fitted(WINDOWS, "persistence") == [("linear", "y"), ("gradient_boosting", "y")]
    assert fitted(class_and_value(), "majority", "linear") == [
        ("logistic", "kind"), ("gradient_boosting", "kind"), ("gradient_boosting", "y"),
    ]  # fmt: skip


def test_a_baseline_that_is_chosen_anyway_is_not_fitted_twice() -> None:
    """Least squares is among the baselines of values that need no list."""
    assert fitted(NUMBERS) == fitted(WINDOWS) == [("gradient_boosting", "y")]
    assert fitted(NUMBERS, fitted_baselines=["linear"]) == []


def test_a_list_chooses_and_an_empty_list_switches_off() -> None:
    assert fitted(KINDS, "majority", fitted_baselines=["logistic"]) == [("logistic", "kind")]
    assert fitted(KINDS, "majority", fitted_baselines=[]) == []


@pytest.mark.parametrize("example", [images, texts])
def test_images_and_texts_have_fitted_baselines_only_if_a_list_names_them(example: Any) -> None:
    data = example().processed
    plan = plan_fitted_baselines(params("majority"), data)
    assert plan.fitted == []
    assert {each.baseline for each in plan.left_out} == {"logistic", "gradient_boosting"}
    assert fitted(data, "majority", fitted_baselines=["logistic"]) == [("logistic", "label")]


def test_large_data_have_fitted_baselines_only_if_a_list_names_them() -> None:
    """5,000,001 numbers: one row has one input and one output."""
    rows = np.zeros((5_000_001, 1), np.float32)
    large = values({"train": (rows, rows), "test": ([[1]], [1])})
    plan = plan_fitted_baselines(params("linear"), large)
    assert (plan.fitted, [each.baseline for each in plan.left_out]) == ([], ["gradient_boosting"])
    assert "5,000,001 training rows x 1 inputs x 1 outputs" in plan.left_out[0].reason
    assert fitted(large, "linear", fitted_baselines=["gradient_boosting"]) == [("gradient_boosting", "y")]


def test_training_rows_are_not_predicted_by_a_baseline_that_was_fitted_on_them() -> None:
    plan = plan_fitted_baselines(params("linear", split="train"), NUMBERS)
    assert (plan.fitted, len(plan.left_out)) == ([], 1)


@pytest.mark.parametrize("chosen", ["auto", ["logistic"]])
def test_training_rows_of_one_class_fit_nothing(chosen: Any) -> None:
    one_class = classes({"train": [1, 1], "test": [0]})
    plan = plan_fitted_baselines(params("majority", fitted_baselines=chosen), one_class)
    assert plan.fitted == []
    assert {each.reason for each in plan.left_out} == {"all training rows have the same class"}
