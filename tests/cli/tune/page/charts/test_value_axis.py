import pytest

from stages.cli.tune.page.charts.value_axis import value_axis


def test_far_worse_values_are_beyond_the_axis() -> None:
    higher = value_axis([0.5, 0.6, 0.7, 0.8, -5000], "higher")
    assert (higher.outside, higher.clip(-5000)) == (1, higher.scale.low)
    lower = value_axis([-0.5, 0.6, 0.7, 0.8, 5000], "lower")
    assert (lower.outside, lower.clip(5000)) == (1, lower.scale.high)
    assert "1 value beyond the axis" in lower.note


def test_a_far_better_value_is_on_the_axis() -> None:
    assert value_axis([-0.5, 0.6, 0.7, 5000], "higher").outside == 0


def test_values_of_very_different_sizes_have_a_logarithmic_axis() -> None:
    axis = value_axis([1e-7, 1e9], "lower")
    assert (axis.scale.log, axis.outside) == (True, 0)


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5, 0.5, 0.1]])
def test_equal_values(values: list[float]) -> None:
    assert value_axis(values, "higher").outside == 0
