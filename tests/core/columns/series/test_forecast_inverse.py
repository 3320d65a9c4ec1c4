import numpy as np
import pytest

from stages.core.columns.scaling import FittedStep, LinearScaling
from stages.core.columns.series.forecast_inverse import SeriesHistory, invert_forecast
from stages.core.columns.series.row_steps import FittedDifference, FittedLog
from stages.core.columns.series.window_steps import FittedRelativeToLast

# The last known rows of two samples are 4 and 5.
HISTORY = SeriesHistory(np.array([[1.0], [2.0], [4.0], [8.0], [16.0], [32.0], [64.0]]), np.array([4, 5]))


def inverted(
    outputs: list[list[float]], steps: list[FittedStep], ahead: range, relative: bool = False
) -> list[list[float]]:
    window_steps = [FittedRelativeToLast()] if relative else []
    values = invert_forecast(steps, window_steps, np.array(outputs), HISTORY, ahead, length=2)
    found: list[list[float]] = values.tolist()
    return found


def test_values_some_rows_ahead() -> None:
    assert HISTORY.ahead(range(1, 2))[..., 0].tolist() == [[32], [64]]


def test_differences_add_up_from_the_last_known_value() -> None:
    assert inverted([[1, 2, 3], [1, 1, 1]], [FittedDifference(lag=1)], range(1, 4)) == [[17, 19, 22], [33, 34, 35]]


def test_a_seasonal_difference_adds_to_known_values_and_then_to_forecasts() -> None:
    """Two rows before the first step ahead of sample 0 is 8, before the second 16, before the third the first."""
    assert inverted([[1, 1, 1], [0, 0, 0]], [FittedDifference(lag=2)], range(1, 4)) == [[9, 17, 10], [16, 32, 16]]


def test_a_seasonal_difference_of_the_last_step_alone() -> None:
    assert inverted([[1], [0]], [FittedDifference(lag=3)], range(2, 3)) == [[9], [16]]


def test_two_differences() -> None:
    """The last change was 8, and 16 of sample 1."""
    steps: list[FittedStep] = [FittedDifference(lag=1), FittedDifference(lag=1)]
    assert inverted([[0, 0], [1, 1]], steps, range(1, 3)) == [[24, 32], [49, 67]]


def test_logarithms_of_windows_relative_to_their_last_value() -> None:
    scaled: list[FittedStep] = [FittedLog(), LinearScaling(name="divide", offset=[0.0], scale=[2.0])]
    values = inverted([[0.0], [np.log(3) / 2]], scaled, range(1, 2), relative=True)
    np.testing.assert_allclose(values, [[16], [96]])


@pytest.mark.parametrize("chosen", [[0], [1], None])
def test_a_difference_of_some_columns(chosen: list[int] | None) -> None:
    history = SeriesHistory(np.array([[1.0, 10.0], [2.0, 20.0]]), np.array([1]))
    step = FittedDifference(lag=1, positions=chosen)
    [found] = invert_forecast([step], [], np.array([[5.0, 7.0]]), history, range(1, 2), length=1).tolist()
    added = [2 if chosen in ([0], None) else 0, 20 if chosen in ([1], None) else 0]
    assert found == [5 + added[0], 7 + added[1]]
