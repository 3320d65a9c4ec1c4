"""Records as the other stages write them; keyword arguments change fields."""

from typing import Any

from stages.core.artefacts.records.evaluation import ClassDetail, ClassesDetail, EvaluationRecord
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import NearDuplicatesRecord, ValidationRecord

DUPLICATES: dict[str, Any] = {"across_splits": 0, "within_splits": 0, "examples": []}
NEAR_DUPLICATES: dict[str, Any] = {
    "across_splits": 0, "within_splits": None, "compared": 4, "candidates": 4, "examples": [],
}  # fmt: skip
CHECK: dict[str, Any] = {
    "expectation": "expect_column_values_to_be_between",
    "arguments": {"column": "length", "min_value": 0, "max_value": 9},
    "passed": True,
}

CLASS_HEADLINE = {
    "target": "species",
    "metric": "accuracy",
    "better": "higher",
    "value": 0.75,
}
MAJORITY = {"name": "majority", "value": 0.5, "improvement": 0.25}
VALUE_HEADLINE = {
    "target": "price",
    "metric": "rmse",
    "better": "lower",
    "value": 2.5,
}
PERSISTENCE = {"name": "persistence", "value": 2.0, "improvement": -0.5}


def training_record(best_epoch: int = 2, epochs: int = 3, **changes: Any) -> TrainingRecord:
    fields: dict[str, Any] = {
        "best_epoch": best_epoch,
        "epochs": epochs,
        "monitor": "val_loss",
        "kept": "best",
        "loss": {},
        "parameters": 15,
        "trainable": 15,
        "layers": [{"name": "dense_1", "kind": "Dense", "output": "(None, 3)", "parameters": 15}],
        "engine": "loop",
        "threads": 1,
        "seeds": [{"seed": 0, "best_epoch": best_epoch}],
        "pinned": {},
        "versions": {"keras": "3.15.1", "numpy": "2.4.6"},
    }
    return TrainingRecord.model_validate(fields | changes)


def validation_record(**changes: Any) -> ValidationRecord:
    fields: dict[str, Any] = {
        "passed": True,
        "rows": 8,
        "expectations": 1,
        "failed": 0,
        "results": [CHECK],
        "duplicates": DUPLICATES,
        "near_duplicates": NEAR_DUPLICATES,
        "redundant_columns": {"pairs": 0, "examples": []},
        "drift": {"accepted": False},
        "versions": {"great_expectations": "1.24.1"},
    }
    return ValidationRecord.model_validate(fields | changes)


def near_duplicates(**changes: Any) -> NearDuplicatesRecord:
    return NearDuplicatesRecord.model_validate(NEAR_DUPLICATES | changes)


def class_evaluation(**changes: Any) -> EvaluationRecord:
    """The model is better than its baseline."""
    return _evaluation(CLASS_HEADLINE, MAJORITY, **changes)


def value_evaluation(**changes: Any) -> EvaluationRecord:
    """The model is worse than its baseline."""
    return _evaluation(VALUE_HEADLINE, PERSISTENCE, **{"samples": 3} | changes)


def _evaluation(usual_headline: dict[str, Any], usual_baseline: dict[str, Any], **changes: Any) -> EvaluationRecord:
    """`headline` and `best_baseline` change fields of these; metrics and baselines follow them."""
    headline = usual_headline | changes.pop("headline", {})
    best = usual_baseline | changes.pop("best_baseline", {})
    fields: dict[str, Any] = {
        "split": "test",
        "samples": 4,
        "metrics": {headline["target"]: {headline["metric"]: headline["value"], "loss": 0.6}},
        "baselines": {best["name"]: {headline["target"]: {headline["metric"]: best["value"]}}},
        "headline": headline,
        "best_baseline": best,
        "best_epoch": 2,
        "epochs": 3,
    }
    return EvaluationRecord.model_validate(fields | changes)


def classes_detail(classes: list[str], confusion: list[list[int]]) -> ClassesDetail:
    per_class = [
        ClassDetail(name=name, precision=0.5, recall=1.0, f1=0.667, support=sum(row))
        for name, row in zip(classes, confusion, strict=True)
    ]
    return ClassesDetail(classes=classes, confusion=confusion, per_class=per_class)
