import numpy as np
import pytest

from stages.inference.litert.tolerance import largest_difference

NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("expected", "outputs", "difference"),
    [
        ([1.0, -4], [1.0, -3], 1 / 4),
        ([0.01, 0.02], [0.01, 0.03], 0.01),
        ([0.0, 0], [0.0, 0], 0),
        ([NAN, INFINITE, 2], [NAN, INFINITE, 1], 1 / 2),
        ([NAN], [NAN], 0),
        ([NAN], [0.0], INFINITE),
        ([0.0], [NAN], INFINITE),
        ([INFINITE], [-INFINITE], INFINITE),
        ([1.0], [INFINITE], INFINITE),
    ],
)
def test_the_difference_of_outputs(expected: list[float], outputs: list[float], difference: float) -> None:
    found = largest_difference({"y": np.array([expected])}, {"y": np.array([outputs])})
    assert found == pytest.approx(difference)


def test_each_target_has_its_own_largest_output() -> None:
    expected = {"a": np.array([[1000.0]]), "b": np.array([[2.0]])}
    assert largest_difference(expected, {"a": np.array([[1001.0]]), "b": np.array([[2.5]])}) == 0.25
