"""Metrics of sorted scores by hand, and as scikit-learn computes them, with blocks of a few rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from stages.core.artefacts import processed
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.evaluate.metrics import probability_metrics, weighted_metrics
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.sorted_scores import (
    SortedScores,
    average_precision,
    candidate_thresholds,
    roc_auc,
    sort_both,
    sort_scores,
)

ROWS = 60
# Rows of the class are True.
IS_CLASS = np.array([True, False, True, False])
SCORES = np.array([0.9, 0.8, 0.7, 0.1])


@pytest.fixture(params=[1, 7, ROWS - 1], autouse=True)
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The rows of a block."""
    for module in (processed, probability_metrics, weighted_metrics):
        monkeypatch.setattr(module, "BLOCK_SAMPLES", request.param)
    return int(request.param)


def sorted_rows(weights: Any = None) -> tuple[SortedScores, SortedScores]:
    return sort_both(IS_CLASS, SCORES, weights, np.empty)


def test_by_hand() -> None:
    """The positive 0.9 is above both negatives, 0.7 above one of them. At 0.7, two of three rows are positive."""
    positives, negatives = sorted_rows()
    assert roc_auc(positives, negatives) == 3 / 4
    assert average_precision(positives, negatives) == pytest.approx((1 + 2 / 3) / 2)


def test_weights_by_hand() -> None:
    """Of 4 x 5 pairs, 3 x 5 with the score 0.9 are right, and 1 x 3 of the row with 0.7."""
    positives, negatives = sorted_rows(np.array([3.0, 2.0, 1.0, 3.0]))
    assert (positives.total, negatives.total) == (4, 5)
    assert roc_auc(positives, negatives) == pytest.approx((3 * 5 + 1 * 3) / 20)
    assert average_precision(positives, negatives) == pytest.approx((3 * 1 + 1 * 4 / 6) / 4)


def test_equal_scores_count_as_half() -> None:
    both = sort_both(np.array([False, True, True]), np.array([0.2, 0.2, 0.9]), np.array([1.0, 1.0, 3.0]), np.empty)
    assert roc_auc(*both) == 0.875
    assert average_precision(*both) == pytest.approx((3 + 4 / 5) / 4)


def test_the_weights_of_equal_scores_are_added_in_their_own_order() -> None:
    """The sum depends on the rows and their weights, and not on the order of the rows."""
    weights = np.array([1e16, 1.0, 3.0, 5.0])
    chosen, score = np.ones(4, np.bool_), np.full(4, 0.5)
    of_order = [sort_scores(chosen, score, weights[order], np.empty).total for order in ([0, 1, 2, 3], [3, 2, 1, 0])]
    assert of_order[0] == of_order[1]


def test_thresholds_are_between_neighbouring_scores() -> None:
    blocks = [*candidate_thresholds(*sorted_rows(np.array([3.0, 2.0, 1.0, 3.0])))]
    found = sorted(row for block in blocks for row in zip(*map(np.ndarray.tolist, block), strict=True))
    thresholds, positives, negatives = zip(*found, strict=True)
    assert thresholds == pytest.approx([0.05, 0.4, 0.75, 0.85])
    assert (positives, negatives) == ((4, 4, 3, 3), (5, 2, 2, 0))


def test_a_threshold_between_neighbouring_numbers_of_32_bits() -> None:
    low = np.float32(0.5)
    high = np.nextafter(low, np.float32(1))
    both = sort_both(np.array([False, True]), np.array([low, high]), None, np.empty)
    highest = max(float(threshold) for thresholds, _, _ in candidate_thresholds(*both) for threshold in thresholds)
    assert float(low) < highest < float(high)


def random_rows(classes: int, weighted: bool) -> tuple[Any, Any, Any]:
    """Truth, probabilities of which many are equal, and weights, of which some are 0."""
    random = np.random.default_rng(classes)
    truth = random.integers(0, classes, ROWS)
    probabilities = np.round(random.dirichlet(np.ones(classes), ROWS), 1)
    probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
    weights = random.uniform(0.1, 4, ROWS) * (np.arange(ROWS) % 5 > 0)
    return truth, probabilities, weights if weighted else None


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("classes", [2, 4])
def test_areas_are_those_of_scikit_learn(classes: int, weighted: bool, tmp_path: Path) -> None:
    truth, probabilities, weights = random_rows(classes, weighted)
    score = probabilities[:, 1] if classes == 2 else probabilities
    one_hot = truth if classes == 2 else np.eye(classes)[truth]
    module: Any = probability_metrics if weights is None else weighted_metrics
    arguments = (truth, probabilities) if weights is None else (truth, probabilities, weights)
    with scratch_folder(tmp_path) as scratch:
        found = [metric(*arguments, new_array=scratch.array) for metric in (module.roc_auc, module.pr_auc)]
    area = sklearn_metrics.roc_auc_score(truth, score, multi_class="ovr", sample_weight=weights)
    precision = sklearn_metrics.average_precision_score(one_hot, score, sample_weight=weights)
    assert found == pytest.approx([area, precision])


def test_a_class_that_only_rows_without_weight_have_is_left_out() -> None:
    truth, probabilities, weights = random_rows(3, weighted=True)
    weights[truth == 2] = 0
    found = weighted_metrics.roc_auc(truth, probabilities, weights)
    of_two = [
        sklearn_metrics.roc_auc_score(truth == number, probabilities[:, number], sample_weight=weights)
        for number in (0, 1)
    ]
    assert found == pytest.approx(np.mean(of_two))
    weights[truth == 1] = 0
    with pytest.raises(UndefinedMetricError, match="all rows have the same class"):
        weighted_metrics.roc_auc(truth, probabilities, weights)
