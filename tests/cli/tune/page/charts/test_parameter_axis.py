from itertools import pairwise

import pytest

from stages.cli.tune.page.charts.parameter_axis import number_scale, parameter_axis
from stages.cli.tune.study import Choices, NumberRange

LOG = NumberRange(kind="float", low=0.001, high=0.1, log=True)


def test_a_logarithmic_range() -> None:
    axis = parameter_axis(LOG, [0.01])
    assert [axis.fraction(value) for value in (0.001, 0.01, 0.1)] == pytest.approx([0, 0.5, 1])


def test_a_default_outside_the_range_makes_the_axis_longer() -> None:
    assert parameter_axis(LOG, [0.0001]).scale.low == 0.0001
    assert parameter_axis(NumberRange(kind="int", low=8, high=64), [100]).scale.high == 100


def test_a_default_of_zero_is_at_the_end_of_a_logarithmic_axis() -> None:
    axis = parameter_axis(LOG, [0.0, 0.05])
    assert (axis.scale.low, axis.fraction(0.0)) == (0.001, 0)


def test_choices_have_the_order_of_the_range_from_the_top() -> None:
    axis = parameter_axis(Choices(values=["relu", "tanh", "elu"]), ["tanh"])
    assert [axis.fraction(text) for text in ("relu", "tanh", "elu")] == [1, 0.5, 0]


def test_choices_of_numbers_have_the_largest_at_the_top_also_a_default_that_is_no_choice() -> None:
    axis = parameter_axis(Choices(values=["8", "16"]), [32, "8"])
    assert list(axis.choices) == ["32", "16", "8"]
    assert axis.fraction(32) == 1
    assert list(parameter_axis(Choices(values=["relu", "tanh"]), ["elu"]).choices) == ["relu", "tanh", "elu"]


def test_one_choice_and_one_number_are_in_the_middle() -> None:
    assert parameter_axis(Choices(values=["a"]), []).fraction("a") == 0.5
    assert parameter_axis(NumberRange(kind="int", low=3, high=3), [3]).fraction(3) == 0.5


def test_a_parameter_without_a_range() -> None:
    assert parameter_axis(None, [2, 4]).scale.ticks[-1] == (4.0, "4")
    assert parameter_axis(None, []).fraction(0.5) == 0.5


@pytest.mark.parametrize(("low", "high", "log"), [(1e-7, 1.0, True), (0, 1e-7, False), (2, 1e9, False), (-3, 7, False)])
def test_ticks_are_apart(low: float, high: float, log: bool) -> None:
    scale = number_scale(low, high, log)
    places = [scale.fraction(value) for value, _ in scale.ticks]
    assert (places[0], places[-1]) == (0, 1)
    assert all(second - first >= 0.08 for first, second in pairwise(places))
