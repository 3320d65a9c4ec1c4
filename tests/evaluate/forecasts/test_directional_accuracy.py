import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from stages.evaluate.forecasts.directional_accuracy import directional_accuracy, wilson_interval


@pytest.mark.parametrize(("right", "count"), [(0, 5), (3, 10), (10, 10), (480, 1000)])
def test_the_interval_is_that_of_statsmodels(right: int, count: int) -> None:
    expected = proportion_confint(right, count, method="wilson")
    assert wilson_interval(right / count, count) == pytest.approx(expected, abs=1e-12)


def test_by_hand() -> None:
    """The truth rises, falls, falls, does not move and rises; a forecast that does not move is wrong."""
    last = np.full((5, 1), 10.0)
    truth, predicted = np.array([[11.0], [9], [9], [10], [12]]), np.array([[20.0], [9.5], [10], [9], [9]])
    found = directional_accuracy(truth, predicted, last, overlap=1)
    assert found is not None
    assert (found.forecasts, found.accuracy) == (4, 0.5)
    assert found.interval == pytest.approx(proportion_confint(2, 4, method="wilson"))


def test_steps_and_overlapping_samples_count_as_one_for_the_interval() -> None:
    last = np.zeros((12, 2))
    found = directional_accuracy(np.ones((12, 2)), np.ones((12, 2)), last, overlap=3)
    assert found is not None
    assert (found.forecasts, found.accuracy) == (24, 1.0)
    assert found.interval == pytest.approx(proportion_confint(4, 4, method="wilson"))


def test_a_truth_that_never_moves_has_no_direction() -> None:
    same = np.ones((3, 1))
    assert directional_accuracy(same, same + 1, same, overlap=1) is None
