import numpy as np
import pytest

from stages.evaluate.forecasts.interval_metrics import coverage, interval_score
from stages.inference.intervals.bounds import Bounds

TRUTH = np.array([[1.0, 5.0], [-2.0, 9.0]])
BOUNDS = Bounds(np.array([[1.0, 6.0], [-1.0, 0.0]]), np.array([[4.0, 8.0], [3.0, 8.0]]))


def test_coverage_counts_a_truth_on_a_bound() -> None:
    assert coverage(TRUTH, BOUNDS) == 0.25


def test_the_interval_score_by_hand() -> None:
    """Lengths of 3, 2, 4 and 8; three truths are 1 outside, which counts 2 / 0.2 = 10 times."""
    assert interval_score(TRUTH, BOUNDS, 0.8) == pytest.approx((3 + 2 + 4 + 8 + 30) / 4)
    assert interval_score(TRUTH[:, 1:], Bounds(BOUNDS.lower[:, 1:], BOUNDS.upper[:, 1:]), 0.5) == (2 + 8 + 2 * 4) / 2


def test_the_true_quantiles_have_the_best_score() -> None:
    """The score is proper: no interval has a better one than that from the 10% to the 90% quantile."""
    truth = np.random.default_rng(0).normal(size=(100_000, 1))

    def score(half: float) -> float:
        return interval_score(truth, Bounds(np.full_like(truth, -half), np.full_like(truth, half)), 0.8)

    assert score(1.2816) < min(score(1.0), score(1.6))
