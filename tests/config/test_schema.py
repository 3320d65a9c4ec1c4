from typing import Any

import pytest
from pydantic import ValidationError

from stages.config.schema import Dataset


def dataset(validation: float = 0.2, **train: Any) -> dict[str, Any]:
    return {
        "download": {"source": "sklearn", "name": "breast_cancer"},
        "preprocess": {"targets": "diagnosis", "labels": "integer", "split": {"test": 0.2, "validation": validation}},
        "train": {
            "model": {"kind": "linear"},
            "output": "sigmoid",
            "loss": "binary_crossentropy",
            "optimizer": {"kind": "adam"},
            "epochs": 1,
            "batch": 8,
            **train,
        },
        "evaluate": {"headline": "accuracy", "baselines": ["majority"], "threshold": "best_f1"},
        "report": {"title": "A title"},
    }


def test_a_baseline_of_windows_needs_windows() -> None:
    given = dataset()
    given["evaluate"]["baselines"] = ["majority", "persistence"]
    with pytest.raises(ValidationError) as caught:
        Dataset.model_validate(given)
    (error,) = caught.value.errors()
    assert "has persistence," in error["msg"]


def test_a_threshold_can_be_chosen_on_validation_rows() -> None:
    assert Dataset.model_validate(dataset()).evaluate.threshold == "best_f1"


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"validation": 0, "monitor": "loss"}, "preprocess.split.validation is 0"),
        ({"refit": True}, "remove train.refit"),
    ],
)
def test_a_threshold_needs_validation_rows_that_the_model_was_not_trained_on(
    changes: dict[str, Any], fact: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Dataset.model_validate(dataset(**changes))
    (error,) = caught.value.errors()
    assert fact in error["msg"]


def test_a_number_needs_no_validation_rows() -> None:
    given = dataset(validation=0, monitor="loss")
    given["evaluate"]["threshold"] = 0.3
    assert Dataset.model_validate(given).evaluate.threshold == 0.3
