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


def series(validation: float = 0.2, window: Any = None, **evaluate: Any) -> dict[str, Any]:
    return {
        "download": {"source": "formula", "formula": "count", "rows": 100},
        "preprocess": {
            "targets": "value",
            "split": {"test": 0.2, "validation": validation, "order": "chronological"},
            "window": window or {"length": 3},
        },
        "train": {
            "model": {"kind": "linear"},
            "output": "linear",
            "loss": "mean_squared_error",
            "optimizer": {"kind": "adam"},
            "monitor": "loss",
            "epochs": 1,
            "batch": 8,
        },
        "evaluate": {"headline": "mase", **evaluate},
        "report": {"title": "A title"},
    }


def message_of(given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Dataset.model_validate(given)
    (error,) = caught.value.errors()
    return str(error["msg"])


def test_seasonal_naive_needs_a_season() -> None:
    season = {"length": 3, "season": 4}
    assert Dataset.model_validate(series(window=season, baselines=["seasonal_naive"])).evaluate.headline == "mase"
    assert "window has no season" in message_of(series(baselines=["seasonal_naive"]))


@pytest.mark.parametrize("headline", ["mase", "y.smape"])
def test_a_headline_of_forecasts_needs_windows(headline: str) -> None:
    given = dataset()
    given["evaluate"]["headline"] = headline
    assert headline.rpartition(".")[2] in message_of(given)


def test_an_interval_that_is_asked_for_has_to_be_possible() -> None:
    """The default interval is left out with a reason."""
    assert Dataset.model_validate(series(interval=0.9)).evaluate.interval == 0.9
    assert Dataset.model_validate(series(validation=0)).evaluate.interval == 0.8
    assert Dataset.model_validate(series(validation=0, interval=None)).evaluate.interval is None
    assert "split.validation is 0" in message_of(series(validation=0, interval=0.9))
    assert "use split: test" in message_of(series(split="validation", interval=0.9))
    refit = series(interval=0.8)
    refit["train"] |= {"refit": True, "monitor": "val_loss"}
    assert "remove train.refit" in message_of(refit)
    table = dataset()
    table["evaluate"] |= {"interval": 0.9}
    assert "no preprocess.window" in message_of(table)


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
