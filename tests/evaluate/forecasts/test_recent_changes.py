import numpy as np

from stages.core.columns.series.row_steps import FittedLog
from stages.evaluate.forecasts.conformal_intervals import NO_SCALES, Scales, conformal_bounds
from stages.evaluate.forecasts.error_space import ErrorSpace
from stages.evaluate.forecasts.recent_changes import interval_scales, recent_changes
from tests.evaluate.processed_examples import series

CALM, RESTLESS = [0.0, 1.0] * 15, [0.0, 10.0] * 15


def test_the_mean_change_of_the_last_rows() -> None:
    """Windows of two rows: the first forecast knows one change."""
    data = series({"train": [1.0, 2.0, 4.0, 7.0]}, length=2, horizon=1)
    assert recent_changes(data, "train", "y", ErrorSpace()).tolist() == [[1], [2]]


def test_changes_of_a_logarithm_are_factors() -> None:
    data = series({"train": [1.0, np.e, np.e**3, 1.0]}, length=3, horizon=1)
    np.testing.assert_allclose(recent_changes(data, "train", "y", ErrorSpace([FittedLog()])), [[1.5]])


def test_a_restless_time_has_a_large_scale() -> None:
    data = series({"train": CALM, "validation": CALM, "test": RESTLESS}, length=4, horizon=1)
    scales = interval_scales(data, "y", "test", ErrorSpace())
    assert np.unique(scales.calibration).tolist() == [1]
    assert np.unique(scales.predicted).tolist() == [10]


def test_a_series_that_stands_still_has_a_smallest_scale() -> None:
    data = series({"train": CALM, "validation": CALM, "test": [5.0] * 30}, length=4, horizon=1)
    assert np.unique(interval_scales(data, "y", "test", ErrorSpace()).predicted).tolist() == [0.1]


def test_a_series_that_never_changed_has_no_scale() -> None:
    data = series({"train": CALM, "validation": [5.0] * 30, "test": CALM}, length=4, horizon=1)
    assert interval_scales(data, "y", "test", ErrorSpace()) is NO_SCALES


def test_an_interval_is_as_many_scales_wide() -> None:
    """Errors of 0 to 8 in units of 2 are 0 to 4, of which an interval of 0.8 takes the first and the last."""
    truth = np.arange(9.0)[:, None]
    scales = Scales(np.full((9, 1), 2.0), np.array([[1.0], [10.0]]))
    bounds = conformal_bounds(0.8, (truth, np.zeros((9, 1))), np.zeros((2, 1)), ErrorSpace(), scales)
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[0], [0]], [[4], [40]])
