import numpy as np
import pytest

from benchmarks.results.ratio_statistics import Ratio, ratio_of_medians


def test_ratio_by_hand() -> None:
    """Medians 10 and 2; quartiles 9 and 11, 1.5 and 2.5: between 9 / 2.5 and 11 / 1.5."""
    ratio = ratio_of_medians([12.0, 8.0, 10.0], [1.0, 3.0, 2.0])
    assert (ratio.median, ratio.low, ratio.high) == pytest.approx((5.0, 3.6, 22 / 3))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8])
def test_quartiles_are_those_of_numpy(count: int) -> None:
    values = np.random.default_rng(count).random(count).tolist()
    ratio = ratio_of_medians(values, [1.0])
    assert (ratio.low, ratio.median, ratio.high) == pytest.approx(np.quantile(values, (0.25, 0.5, 0.75)), rel=1e-12)


def test_one_round_has_no_spread() -> None:
    assert ratio_of_medians([6.0], [3.0]) == Ratio(2.0, 2.0, 2.0)


def test_one_disturbed_round_does_not_change_the_ratio() -> None:
    assert ratio_of_medians([10.0, 10.0, 90.0], [5.0, 5.0, 5.0]).median == 2.0
