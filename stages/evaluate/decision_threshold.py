"""The probability from which the positive one of two classes is predicted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import BLOCK_SAMPLES, VALIDATION, NewArray, ProcessedData
from stages.core.artefacts.records.evaluation import DecisionThreshold
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.errors import ErrorList
from stages.core.rounding import round_significant
from stages.evaluate.metrics.sorted_scores import candidate_thresholds, sort_scores
from stages.evaluate.params import Evaluate, ThresholdRule
from stages.inference.predictions import DEFAULT_THRESHOLD

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


def chosen_threshold(
    rule: ThresholdRule,
    positive: str,
    is_positive: Array,
    probability: Array,
    weights: Array | None = None,
    new_array: NewArray = np.empty,
) -> DecisionThreshold:
    """`positive` is the name of the class, `probability` that of the validation rows for it."""
    value, reached = best_threshold(rule, is_positive, probability, weights, new_array)
    return DecisionThreshold(
        value=round_significant(value),
        positive=positive,
        rule=rule,
        validation_value=round_significant(reached),
        weighted=weights is not None,
    )


def best_threshold(
    rule: ThresholdRule,
    is_positive: Array,
    probability: Array,
    weights: Array | None = None,
    new_array: NewArray = np.empty,
) -> tuple[float, float]:
    """The threshold with the highest value of the rule, and that value; of equally good ones, the nearest to 0.5.

    Each row counts as much as its weight, if rows have weights. `new_array` makes the arrays in which the probabilities
    of many rows are sorted.

    >>> best_threshold("best_f1", np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.9]))
    (0.25, 1.0)
    >>> best_threshold("best_f1", np.array([1, 0, 1]), np.array([0.1, 0.2, 0.9]), np.array([1, 8, 4]))[0]
    0.55
    """
    if len(probability) > BLOCK_SAMPLES:
        return _best_of_sorted(rule, is_positive, probability, weights, new_array)
    shares = np.ones(len(probability)) if weights is None else np.asarray(weights, np.float64)
    if weights is not None:
        counted = shares > 0
        is_positive, probability, shares = is_positive[counted], probability[counted], shares[counted]
    scores, inverse = np.unique(np.asarray(probability, np.float64), return_inverse=True)
    positives = np.bincount(inverse, weights=shares * is_positive, minlength=len(scores))
    negatives = np.bincount(inverse, weights=shares * (1 - is_positive), minlength=len(scores))
    # Between two neighbouring scores, and below the lowest: the rows with higher scores are predicted positive.
    candidates = (np.concatenate([[0.0], scores[:-1]]) + scores) / 2
    true_positives, false_positives = positives[::-1].cumsum()[::-1], negatives[::-1].cumsum()[::-1]
    values = _values_of_rule(rule, true_positives, false_positives, positives.sum(), negatives.sum())
    return _best_candidate(candidates, values)


def _best_of_sorted(
    rule: ThresholdRule, is_positive: Array, probability: Array, weights: Array | None, new_array: NewArray
) -> tuple[float, float]:
    """The best candidate of each block of scores, and of these the best one."""
    counted = np.ones(len(probability), np.bool_) if weights is None else weights > 0
    positives = sort_scores(is_positive & counted, probability, weights, new_array)
    negatives = sort_scores(~is_positive & counted, probability, weights, new_array)
    found = [
        _best_candidate(candidates, _values_of_rule(rule, true, false, positives.total, negatives.total))
        for candidates, true, false in candidate_thresholds(positives, negatives)
        if len(candidates)
    ]
    candidates, values = np.array(sorted(found)).T
    return _best_candidate(candidates, values)


def _values_of_rule(
    rule: ThresholdRule, true_positives: Array, false_positives: Array, positives: float, negatives: float
) -> Array:
    if rule == "best_f1":
        values: Array = 2 * true_positives / (true_positives + false_positives + (positives or 1))
        return values
    recall = true_positives / (positives or 1)
    balanced: Array = (recall + 1 - false_positives / (negatives or 1)) / 2
    return balanced


def _best_candidate(candidates: Array, values: Array) -> tuple[float, float]:
    """`candidates` are in ascending order."""
    best = np.flatnonzero(values == values.max())
    chosen = best[np.abs(candidates[best] - DEFAULT_THRESHOLD).argmin()]
    return float(candidates[chosen]), float(values[chosen])
