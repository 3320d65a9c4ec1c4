from typing import Any

import pytest

from stages.core.artefacts.processed import Fitted
from stages.report.sections.split_use import measured_split_use, split_purposes
from tests.report.example_datasets import flowers
from tests.report.example_forecasts import forecast_record
from tests.report.example_records import class_evaluation, training_record


def fitted(seen: int = 0) -> Fitted:
    return flowers().processed.fitted.model_copy(update={"seen_in_training": {"test": seen, "validation": seen}})


@pytest.mark.parametrize(
    ("split", "training", "seen", "sentence"),
    [
        ("test", {}, 0, "Nothing was trained or selected on test data."),
        ("test", {}, 1, "Nothing was selected on test data. 1 sample of them has the same inputs as a training row."),
        ("test", {}, 3, "Nothing was selected on test data. 3 samples of them have the same inputs as a training row."),
        ("test", {}, 4, "Nothing was selected on test data. All test samples have the same inputs as a training row."),
        ("train", {}, 0, "The model was trained on this split."),
        (
            "validation",
            {},
            0,
            "The model was not trained on this split, but the best epoch was selected on it.",
        ),
        ("validation", {"kept": "last"}, 0, "Nothing was trained or selected on validation data."),
        ("validation", {"monitor": "loss"}, 0, "Nothing was trained or selected on validation data."),
    ],
)
def test_the_use_of_the_measured_split(split: str, training: dict[str, Any], seen: int, sentence: str) -> None:
    evaluation = class_evaluation(split=split)
    assert measured_split_use(fitted(seen), training_record(**training), evaluation) == sentence


def test_validation_samples_that_occur_in_the_training_rows_are_told() -> None:
    sentence = measured_split_use(fitted(2), training_record(), class_evaluation(split="validation"))
    assert sentence.endswith("2 samples of them have the same inputs as a training row.")


def purposes(seen: int = 0, training: Any = None, **evaluation: Any) -> dict[str, str]:
    return split_purposes(fitted(seen), training_record(**training or {}), class_evaluation(**evaluation))


def test_the_purposes_of_a_usual_dataset() -> None:
    assert purposes() == {
        "train": "to train the model, and to fit the preprocessing and the baselines",
        "validation": "to select the best epoch during training",
        "test": "to evaluate the trained model; nothing is selected on test data",
    }


IMPORTANCE = {
    "split": "validation",
    "rows": 2,
    "repeats": 5,
    "columns": [{"column": "length", "mean": 0.5, "spread": 0.1}],
}
THRESHOLD = {"value": 0.3, "positive": "ill", "rule": "best_f1", "validation_value": 1.0}


@pytest.mark.parametrize(
    ("changes", "split", "purpose"),
    [
        ({"split": "train"}, "train", "and to evaluate the trained model"),
        ({"split": "train"}, "test", "not used"),
        ({"split": "validation"}, "test", "not used"),
        ({"split": "validation"}, "validation", "to select the best epoch during training, and to evaluate the"),
        ({"training": {"kept": "last"}}, "validation", "to follow the training"),
        ({"training": {"kept": "refit"}}, "validation", "and to train the final model"),
        ({"thresholds": {"species": THRESHOLD}}, "validation", "and to choose the decision threshold"),
        ({"importance": IMPORTANCE}, "validation", "and to measure the importance of the columns"),
        ({"forecasts": {"species": forecast_record(1)}}, "validation", "and to set the width of the intervals"),
        ({"seen": 2}, "test", "some samples have the same inputs as a training row"),
    ],
)
def test_the_purposes_of_other_datasets(changes: dict[str, Any], split: str, purpose: str) -> None:
    assert purpose in purposes(**changes)[split]


def test_nothing_is_claimed_of_test_rows_that_occur_in_the_training_rows() -> None:
    assert "nothing is selected" not in purposes(seen=1)["test"]
