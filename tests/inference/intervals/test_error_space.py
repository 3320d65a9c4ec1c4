import numpy as np
import pytest

from stages.core.columns.scaling import LinearScaling
from stages.core.columns.series.row_steps import FittedDifference, FittedLog
from stages.inference.intervals.error_space import ErrorSpace, error_space

LOG, DIFFERENCE = FittedLog(plus=1), FittedDifference(lag=1)
HALF, SCALED = (
    LinearScaling(name="divide", offset=[0.0], scale=[2.0]),
    LinearScaling(name="standard", offset=[5.0, 6], scale=[2.0, 3]),
)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], []),
        ([SCALED], []),
        ([DIFFERENCE], []),
        ([LOG, SCALED], [LOG]),
        ([LOG, DIFFERENCE, SCALED], [LOG]),
        ([HALF, LOG, SCALED], [HALF, LOG]),
        ([DIFFERENCE, LOG], []),
    ],
)
def test_the_steps_up_to_the_logarithm_of_the_level(steps: list, expected: list) -> None:
    assert [*error_space(steps, 2).steps] == expected


def test_values_of_all_steps_ahead_by_hand() -> None:
    """The second column alone has a logarithm, at both steps ahead."""
    space = ErrorSpace([FittedLog(plus=1, positions=[1])], columns=2)
    values = np.array([[5.0, np.e - 1, 7.0, 0.0]])
    np.testing.assert_allclose(space.to_space(values), [[5, 1, 7, 0]])
    np.testing.assert_allclose(space.from_space(space.to_space(values)), values)


def test_without_steps_values_stay_as_they_are() -> None:
    values = np.array([[-1e9, 0.0], [1.0, 2.0]])
    assert ErrorSpace(columns=2).to_space(values).tolist() == values.tolist()
