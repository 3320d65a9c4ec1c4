import numpy as np

from stages.core.artefacts.windows import Window
from stages.core.columns.series.forecast_inverse import SeriesHistory
from stages.core.columns.series.row_steps import FittedLog
from stages.inference.intervals.bounds import BoundErrors, Bounds, moved_bounds
from stages.inference.intervals.error_space import ErrorSpace
from stages.inference.intervals.recent_changes import error_scales, recent_changes, recent_row_count, smallest_scale

CALM, RESTLESS = np.array([[0.0], [1.0]] * 15), np.array([[0.0], [10.0]] * 15)
ORIGINS = np.arange(25, 29)


def changes_of(values: np.ndarray) -> np.ndarray:
    return recent_changes(SeriesHistory(values, ORIGINS), 20, ErrorSpace())


def test_the_mean_change_of_the_last_rows() -> None:
    known = SeriesHistory(np.array([[1.0], [2.0], [4.0], [7.0]]), np.array([1, 2, 3]))
    assert recent_changes(known, 1, ErrorSpace()).tolist() == [[1], [2], [3]]
    later = SeriesHistory(known.values, known.origins[1:])
    assert recent_changes(later, 2, ErrorSpace()).tolist() == [[1.5], [2.5]]


def test_changes_of_a_logarithm_are_factors() -> None:
    known = SeriesHistory(np.array([[1.0], [np.e], [np.e**3], [1.0]]), np.array([2]))
    np.testing.assert_allclose(recent_changes(known, 2, ErrorSpace([FittedLog()])), [[1.5]])


def test_the_first_forecast_may_know_few_changes() -> None:
    window = Window(length=4)
    assert [recent_row_count(window, np.array([first, 50])) for first in (30, 19, 3, 0)] == [20, 19, 3, 0]
    assert recent_row_count(Window(length=30), np.array([40])) == 30


def test_without_a_known_change_it_is_0() -> None:
    assert recent_changes(SeriesHistory(CALM, np.array([0])), 0, ErrorSpace()).tolist() == [[0]]


def test_a_restless_time_has_a_large_scale() -> None:
    smallest = smallest_scale(changes_of(CALM))
    assert np.unique(error_scales(changes_of(RESTLESS), smallest, 1)).tolist() == [10]


def test_a_series_that_stands_still_has_a_smallest_scale() -> None:
    smallest = smallest_scale(changes_of(CALM))
    assert smallest == [0.1]
    assert np.unique(error_scales(changes_of(np.full((30, 1), 5.0)), smallest, 1)).tolist() == [0.1]


def test_a_series_that_never_changed_has_no_scale() -> None:
    assert smallest_scale(changes_of(np.full((30, 1), 5.0))) is None
    assert error_scales(changes_of(CALM), None, 2) == 1


def test_all_steps_ahead_have_the_scale_of_their_column() -> None:
    scales = error_scales(np.array([[1.0, 2.0]]), [0.1, 3.0], 2)
    assert np.asarray(scales).tolist() == [[1, 3, 1, 3]]


def test_an_interval_is_as_many_scales_wide() -> None:
    forecasts = Bounds(np.zeros((2, 1)), np.zeros((2, 1)))
    bounds = moved_bounds(forecasts, BoundErrors([0.0], [4.0]), np.array([[1.0], [10.0]]), ErrorSpace())
    assert (bounds.lower.tolist(), bounds.upper.tolist()) == ([[0], [0]], [[4], [40]])


def test_the_scale_of_one_forecast_has_the_bits_that_it_has_among_others() -> None:
    values = np.random.default_rng(1).normal(size=(400, 3)).cumsum(axis=0)
    for columns in (1, 2, 3):
        known = SeriesHistory(values[:, :columns], np.arange(40, 400))
        together = recent_changes(known, 33, ErrorSpace(columns=columns))
        for position, origin in enumerate(known.origins):
            last = values[origin - 33 : origin + 1, :columns]
            alone = recent_changes(SeriesHistory(last, np.array([33])), 33, ErrorSpace(columns=columns))
            assert alone.tobytes() == together[position].tobytes(), (columns, origin)
