"""Writes the predictions: a table, probabilities of classes, and details for the page."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.artefacts.records.evaluation import (
    ClassDetail,
    ClassesDetail,
    PredictionDetails,
    TargetDetail,
    ValuesDetail,
)
from stages.core.artefacts.records.record import write_record
from stages.core.rounding import round_significant
from stages.evaluate.metrics import confusion_matrix, per_class_metrics

Array = NDArray[Any]


def write_predictions(folder: Path, processed: ProcessedData, split: str, predictions: Mapping[str, Array]) -> None:
    """`predictions` holds, by target, probabilities of each class, or values in the target's own unit."""
    with (folder / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(prediction_rows(processed, split, predictions))
    write_record(folder / "details.json", prediction_details(processed, split, predictions))
    for name, target in processed.fitted.targets.items():
        if target.classes is not None:
            np.save(folder / f"probabilities.{name}.npy", predictions[name])


def prediction_rows(processed: ProcessedData, split: str, predictions: Mapping[str, Array]) -> list[list[object]]:
    """A header, then one row per sample: the number of the raw row, the truth and the prediction."""
    columns: dict[str, list[object]] = {"row": list(map(int, processed.raw_row_numbers(split)))}
    for name, truth in processed.truth(split).items():
        target, predicted = processed.fitted.targets[name], predictions[name]
        if target.classes is None:
            for index, column in enumerate(target.columns):
                for suffix, values in (("truth", truth), ("predicted", predicted)):
                    columns[f"{column}_{suffix}"] = [round_significant(float(v), 9) for v in values[:, index]]
        else:
            for suffix, numbers in (("truth", truth), ("predicted", np.argmax(predicted, axis=1))):
                columns[f"{name}_{suffix}"] = [target.classes[number] for number in numbers]
            columns[f"{name}_probability"] = [round_significant(float(p)) for p in np.max(predicted, axis=1)]
    return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]


def prediction_details(processed: ProcessedData, split: str, predictions: Mapping[str, Array]) -> PredictionDetails:
    truth = processed.truth(split)
    targets = {
        name: _target_detail(target, truth[name], predictions[name])
        for name, target in processed.fitted.targets.items()
    }
    return PredictionDetails(split=split, targets=targets)


def _target_detail(target: TargetSpec, truth: Array, predicted: Array) -> TargetDetail:
    if target.classes is None:
        return ValuesDetail(columns=target.columns)
    matrix = confusion_matrix(truth, np.argmax(predicted, axis=1), target.width)
    per_class = [
        ClassDetail(
            name=name,
            precision=round_significant(metrics.precision),
            recall=round_significant(metrics.recall),
            f1=round_significant(metrics.f1),
            support=metrics.support,
        )
        for name, metrics in zip(target.classes, per_class_metrics(matrix), strict=True)
    ]
    return ClassesDetail(classes=target.classes, confusion=matrix.tolist(), per_class=per_class)
