"""Metrics of forecasts by hand, and against a second implementation that goes through the numbers one by one."""

from typing import Any

import numpy as np
import pytest

from stages.evaluate.metrics.forecast_metrics import (
    mean_absolute_scaled_error,
    naive_errors,
    symmetric_mean_absolute_percentage_error,
)
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError

RNG = np.random.default_rng(0)


def scaled_errors_one_by_one(truth: Any, predicted: Any, training: Any, season: int) -> float:
    """Truth and predictions have the axes samples, steps and columns."""
    by_column = []
    for column in range(training.shape[1]):
        naive = [abs(training[t, column] - training[t - season, column]) for t in range(season, len(training))]
        errors = [
            abs(truth[sample, step, column] - predicted[sample, step, column])
            for sample in range(len(truth))
            for step in range(truth.shape[1])
        ]
        by_column.append((sum(errors) / len(errors)) / (sum(naive) / len(naive)))
    return float(sum(by_column) / len(by_column))


def test_the_scaled_error_by_hand() -> None:
    """The columns change by 2 and 1 and by 10 and 30. Errors of 3 and 0, and of 10 and 20: 1.5 / 1.5 and 15 / 20."""
    naive = naive_errors(np.array([[1.0, 0], [3, 10], [2, 40]]), None)
    assert naive.tolist() == [1.5, 20]
    truth, predicted = np.zeros((1, 4)), np.array([[3.0, 10, 0, 20]])
    assert mean_absolute_scaled_error(truth, predicted, naive) == (1 + 0.75) / 2


def test_a_season_compares_with_the_season_before() -> None:
    """Values of 1, 9, 2, 10 and 4 differ by 1, 1 and 2 from those two rows before."""
    assert naive_errors(np.array([[1.0], [9], [2], [10], [4]]), 2).tolist() == [pytest.approx(4 / 3)]


@pytest.mark.parametrize("season", [1, 4])
def test_the_scaled_error_equals_one_that_is_computed_one_by_one(season: int) -> None:
    training, truth, predicted = (RNG.normal(size=shape) for shape in ((30, 3), (7, 5, 3), (7, 5, 3)))
    found = mean_absolute_scaled_error(
        truth.reshape(7, -1), predicted.reshape(7, -1), naive_errors(training, None if season == 1 else season)
    )
    assert found == pytest.approx(scaled_errors_one_by_one(truth, predicted, training, season), rel=1e-12)


@pytest.mark.parametrize(
    ("training", "season", "reason"),
    [
        ([[5.0, 1], [5, 2], [5, 3]], None, "no errors in the training series"),
        ([[1.0], [2], [1], [2]], 2, "no errors in the training series"),
        ([[1.0], [2]], 2, "not longer than a season"),
    ],
)
def test_a_training_series_that_defines_no_scale(training: Any, season: int | None, reason: str) -> None:
    naive = naive_errors(np.array(training), season)
    with pytest.raises(UndefinedMetricError, match=reason):
        mean_absolute_scaled_error(np.zeros((1, len(naive))), np.ones((1, len(naive))), naive)


def test_the_percentage_error_by_hand() -> None:
    """1 against 3 is 2 / 2 of their mean, -1 against 1 is 2 / 1, and 0 against 0 is no error."""
    found = symmetric_mean_absolute_percentage_error(np.array([[1.0, -1, 0, 7]]), np.array([[3.0, 1, 0, 7]]))
    assert found == (100 + 200) / 4


def test_the_percentage_error_equals_one_that_is_computed_one_by_one() -> None:
    truth, predicted = RNG.normal(size=(2, 40))
    errors = [abs(p - t) / ((abs(p) + abs(t)) / 2) for t, p in zip(truth.tolist(), predicted.tolist(), strict=True)]
    found = symmetric_mean_absolute_percentage_error(truth, predicted)
    assert found == pytest.approx(100 * sum(errors) / len(errors), rel=1e-12)
