"""The probability from which the second of two classes is predicted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import VALIDATION, ProcessedData
from stages.core.artefacts.records.evaluation import DecisionThreshold
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.errors import ErrorList
from stages.core.rounding import round_significant
from stages.evaluate.params import Evaluate, ThresholdRule
from stages.evaluate.target_predictions import DEFAULT_THRESHOLD

Array = NDArray[Any]


def check_threshold(params: Evaluate, processed: ProcessedData, training: TrainingRecord) -> None:
    """Raise UserError unless the threshold applies to a target and can be chosen on rows of its own."""
    if params.threshold == DEFAULT_THRESHOLD:
        return
    errors, given = ErrorList(), f"evaluate.threshold: {params.threshold}"
    errors.check(
        any(target.classes and target.width == 2 for target in processed.fitted.targets.values()),
        f"{given} is for a target with two classes, and there is none; remove it",
    )
    if isinstance(params.threshold, str):
        errors.check(
            processed.has_split(VALIDATION),
            f"{given} is chosen on validation rows, and there are none; give preprocess.split.validation a share, "
            "or give a number",
        )
        errors.check(
            training.kept != "refit",
            f"{given} is chosen on validation rows, and with train.refit the model was trained on them; "
            "remove train.refit, or give a number",
        )
    errors.raise_if_any()


def decision_threshold(
    threshold: float | ThresholdRule, classes: list[str], truth: Array, probability: Array
) -> DecisionThreshold:
    """`truth` and `probability`, that of the second class, are those of the validation rows; a number needs none."""
    if isinstance(threshold, float):
        return DecisionThreshold(value=threshold, positive=classes[1])
    value, reached = best_threshold(threshold, truth, probability)
    return DecisionThreshold(
        value=round_significant(value), positive=classes[1], rule=threshold, validation_value=round_significant(reached)
    )


def best_threshold(rule: ThresholdRule, truth: Array, probability: Array) -> tuple[float, float]:
    """The threshold with the highest value of the rule, and that value; of equally good ones, the nearest to 0.5.

    >>> best_threshold("best_f1", np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.9]))
    (0.25, 1.0)
    """
    scores, inverse = np.unique(np.asarray(probability, np.float64), return_inverse=True)
    positives = np.bincount(inverse, weights=truth, minlength=len(scores))
    negatives = np.bincount(inverse, minlength=len(scores)) - positives
    # Between two neighbouring scores, and below the lowest: the rows with higher scores are predicted positive.
    candidates = (np.concatenate([[0.0], scores[:-1]]) + scores) / 2
    true_positives, false_positives = positives[::-1].cumsum()[::-1], negatives[::-1].cumsum()[::-1]
    if rule == "best_f1":
        values = 2 * true_positives / (true_positives + false_positives + max(1, positives.sum()))
    else:
        recall = true_positives / max(1, positives.sum())
        values = (recall + 1 - false_positives / max(1, negatives.sum())) / 2
    best = np.flatnonzero(values == values.max())
    chosen = best[np.abs(candidates[best] - DEFAULT_THRESHOLD).argmin()]
    return float(candidates[chosen]), float(values[chosen])
