"""Metrics of the probabilities of classes: how well they order the rows, and how well they are calibrated."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import BLOCK_SAMPLES, NewArray
from stages.evaluate.metrics import sorted_scores
from stages.evaluate.metrics.sums_of_blocks import sum_of_blocks

Array = NDArray[Any]
CALIBRATION_BINS = 10
# The smallest probability of a class, as scikit-learn limits those of 32 bits: the logarithm of 0 is infinite.
SMALLEST_PROBABILITY = float(np.finfo(np.float32).eps)
# How far the sum of the probabilities of a row may be from 1.
SUM_TOLERANCE = 1e-3


class UndefinedMetricError(ValueError):
    """A metric that these rows do not define. The message is the reason, to be shown."""


class CalibrationBin(NamedTuple):
    """The rows whose highest probability is in one part of the range from 0 to 1.

    With a positive class, those whose probability of it is there; `share_correct` is the share that has this class.
    """

    samples: int
    mean_probability: float
    share_correct: float


def roc_auc(truth: Array, probabilities: Array, positive: int | None = None, new_array: NewArray = np.empty) -> float:
    """The area under the ROC curve: of the positive class, or the mean of each class against the others.

    `positive` is the number of the positive class. Without it, that is the second of two classes. `new_array` makes the
    arrays in which the scores of many rows are sorted.
    """

    def of_one_class(is_class: NDArray[np.bool_], score: Array) -> float:
        if len(score) <= BLOCK_SAMPLES:
            return _roc_auc_of_one_class(is_class, score)
        return sorted_scores.roc_auc(*sorted_scores.sort_both(is_class, score, None, new_array))

    return mean_over_classes(of_one_class, truth, probabilities, positive)


def pr_auc(truth: Array, probabilities: Array, positive: int | None = None, new_array: NewArray = np.empty) -> float:
    """The average precision: of the positive class, or the mean of each class against the others."""

    def of_one_class(is_class: NDArray[np.bool_], score: Array) -> float:
        if len(score) <= BLOCK_SAMPLES:
            return _average_precision_of_one_class(is_class, score)
        return sorted_scores.average_precision(*sorted_scores.sort_both(is_class, score, None, new_array))

    return mean_over_classes(of_one_class, truth, probabilities, positive)


def log_loss(
    truth: Array,
    probabilities: Array,
    positive: int | None = None,  # noqa: ARG001
    new_array: NewArray = np.empty,  # noqa: ARG001
) -> float:
    """The mean negative logarithm of the probability of the true class, whichever class is positive."""
    losses = sum_of_blocks(len(truth), lambda block: log_losses(truth[block], probabilities[block]).sum())
    return float(losses / len(truth))


def log_losses(truth: Array, probabilities: Array) -> NDArray[np.float64]:
    """The negative logarithm of the probability of the true class of each row."""
    check_probabilities(probabilities)
    shares = np.asarray(probabilities, np.float64)
    shares = shares / shares.sum(axis=1, keepdims=True)
    of_truth = shares[np.arange(len(truth)), truth]
    losses: NDArray[np.float64] = -np.log(np.clip(of_truth, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY))
    return losses


def calibration_error(
    truth: Array,
    probabilities: Array,
    positive: int | None = None,
    new_array: NewArray = np.empty,  # noqa: ARG001
) -> float:
    """The expected calibration error: the mean distance, over all rows, of probability and share of correct rows.

    With `positive`, the mean distance of the probability of this class and the share of rows that have it.

    >>> calibration_error(np.array([0, 1]), np.array([[0.75, 0.25], [0.75, 0.25]]))
    0.25
    """
    bins = calibration_bins(truth, probabilities, positive)
    distances = [each.samples * abs(each.mean_probability - each.share_correct) for each in bins]
    # Without the last bits: a model that is calibrated exactly has 0.
    return round(float(sum(distances) / len(truth)), 12)


def calibration_bins(truth: Array, probabilities: Array, positive: int | None = None) -> list[CalibrationBin]:
    """Rows in ten equal parts of the range of the probability; parts without rows are left out."""

    def sums_of_bins(block: slice) -> NDArray[np.float64]:
        probability, correct = calibrated_probability(truth[block], probabilities[block], positive)
        bins = calibration_bins_of(probability)
        return np.array([(rows.sum(), probability[rows].sum(), correct[rows].sum()) for rows in bins], np.float64)

    return [
        CalibrationBin(int(rows), float(total / rows), float(correct / rows))
        for rows, total, correct in sum_of_blocks(len(truth), sums_of_bins)
        if rows
    ]


def calibrated_probability(
    truth: Array, probabilities: Array, positive: int | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The probability of the positive class and whether a row has it, or those of the most probable class."""
    check_probabilities(probabilities)
    if positive is not None:
        return probabilities[:, positive].astype(np.float64), truth == positive
    return np.max(probabilities, axis=1).astype(np.float64), np.argmax(probabilities, axis=1) == truth


def rows_of_calibration_bins(probability: NDArray[np.float64]) -> Iterator[NDArray[np.bool_]]:
    """The rows of each part that has some."""
    return (rows for rows in calibration_bins_of(probability) if rows.any())


def calibration_bins_of(probability: NDArray[np.float64]) -> Iterator[NDArray[np.bool_]]:
    """The rows of each part of the range of the probability, which may be none."""
    numbers = np.searchsorted(np.linspace(0, 1, CALIBRATION_BINS + 1)[1:-1], probability)
    return (numbers == number for number in range(CALIBRATION_BINS))


def check_probabilities(probabilities: Array) -> None:
    """Raise UndefinedMetricError if the model's outputs are not the probabilities of one class or another."""
    if len(probabilities) == 0:
        raise UndefinedMetricError("there are no rows")
    if np.min(probabilities) < 0 or np.max(probabilities) > 1:
        raise UndefinedMetricError("the outputs are no probabilities: they are not between 0 and 1")
    if np.max(np.abs(np.sum(probabilities, axis=1, dtype=np.float64) - 1)) > SUM_TOLERANCE:
        raise UndefinedMetricError("the outputs are no probabilities: those of a row do not add up to 1")


def mean_over_classes(
    metric: Callable[[NDArray[np.bool_], Array], float],
    truth: Array,
    probabilities: Array,
    positive: int | None = None,
    counted: NDArray[np.bool_] | None = None,
) -> float:
    """A class without rows has no such metric, and neither has a class that all rows have.

    `counted` says which rows count, if not all do.
    """
    measured = _measured_classes(truth, probabilities, positive, counted)
    values = [metric(truth == number, probabilities[:, number]) for number in measured]
    if not values:
        raise UndefinedMetricError("all rows have the same class")
    return float(np.mean(values))


def _measured_classes(
    truth: Array, probabilities: Array, positive: int | None, counted: NDArray[np.bool_] | None
) -> Iterator[int]:
    def counts(block: slice) -> NDArray[np.int64]:
        of_block = truth[block] if counted is None else truth[block][counted[block]]
        return np.bincount(of_block, minlength=probabilities.shape[1])

    rows = sum_of_blocks(len(truth), counts)
    of_two = 1 if positive is None else positive
    for number in [of_two] if probabilities.shape[1] == 2 else range(probabilities.shape[1]):
        if 0 < rows[number] < rows.sum():
            yield number


def _roc_auc_of_one_class(positive: NDArray[np.bool_], score: Array) -> float:
    """The share of pairs of a positive and a negative row that the score orders correctly; equal scores are half.

    >>> _roc_auc_of_one_class(np.array([False, True, True]), np.array([0.2, 0.2, 0.9]))
    0.75
    """
    _, index, counts = np.unique(score, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    positives = int(positive.sum())
    pairs = positives * (len(positive) - positives)
    return float((mean_ranks[index][positive].sum() - positives * (positives + 1) / 2) / pairs)


def _average_precision_of_one_class(positive: NDArray[np.bool_], score: Array) -> float:
    """The precision at each distinct score, from the highest on, weighted by the recall that it adds.

    >>> _average_precision_of_one_class(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1]))
    0.8333333333333333
    """
    order = np.argsort(-score, kind="stable")
    ordered, found = score[order], np.cumsum(positive[order])
    last_of_equal = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    precision = found[last_of_equal] / (last_of_equal + 1)
    added = np.diff(found[last_of_equal], prepend=0)
    return float((precision * added).sum() / found[-1])
