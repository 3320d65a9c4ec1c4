from collections.abc import Sequence
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from sklearn import preprocessing

from stages.core.columns import scaling
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import FittedStep, LinearScaling, apply_steps, fit_step, inverse_steps
from stages.core.columns.scaling_params import ScalingStep
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess.scaler_statistics import scaler_statistics

COLUMNS = ["a", "b"]
ROWS = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 60.0]])
RANDOM = np.random.default_rng(0).normal(5, 3, (200, 3))
SCALERS = {
    "standard": preprocessing.StandardScaler(),
    "minmax": preprocessing.MinMaxScaler(),
    "robust": preprocessing.RobustScaler(),
    "maxabs": preprocessing.MaxAbsScaler(),
}


def step(name: str, **settings: Any) -> Any:
    return type_adapter(ScalingStep).validate_python({"step": name} | settings)


def fitted_steps(steps: list[Any], fitted: Sequence[FittedStep] = ()) -> list[FittedStep]:
    column = NumberColumns(columns=COLUMNS, steps=list(fitted))
    return column.fit(ROWS, steps, scaler_statistics).steps


def scaled(params: Any, rows: Any = ROWS) -> Any:
    return apply_steps([fit_step(params, rows, COLUMNS, scaler_statistics)], rows)


@pytest.mark.parametrize(
    ("params", "rows", "expected"),
    [
        # Means 2 and 30; deviations from them -1, 0, 1 and -20, -10, 30.
        (step("standard"), ROWS, np.array([[-1, -20], [0, -10], [1, 30]]) / np.sqrt([2 / 3, 1400 / 3])),
        (step("minmax"), ROWS, [[0, 0], [0.5, 0.2], [1, 1]]),
        # Medians 2 and 20; quartiles 1.5 and 2.5, 15 and 40.
        (step("robust"), ROWS, [[-1, -0.4], [0, 0], [1, 1.6]]),
        (step("maxabs"), np.array([[1.0, -4.0], [-2.0, 2.0]]), [[0.5, -1], [-1, 0.5]]),
        (step("maximum"), ROWS, ROWS / 60),
        (step("divide", by=4), ROWS, ROWS / 4),
    ],
)
def test_values_calculated_by_hand(params: Any, rows: Any, expected: Any) -> None:
    np.testing.assert_allclose(scaled(params, rows), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", SCALERS)
def test_scalers_are_those_of_scikit_learn(name: str) -> None:
    fitted = fit_step(step(name), RANDOM[:150], list("abc"), scaler_statistics)
    expected = SCALERS[name].fit(RANDOM[:150]).transform(RANDOM)
    np.testing.assert_allclose(apply_steps([fitted], RANDOM), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("params", [*map(step, SCALERS), step("maximum"), step("divide", by=7.5)])
def test_scaling_can_be_inverted(params: Any) -> None:
    fitted = [fit_step(params, RANDOM, list("abc"), scaler_statistics)]
    np.testing.assert_allclose(inverse_steps(fitted, apply_steps(fitted, RANDOM)), RANDOM, rtol=1e-10)


@pytest.mark.parametrize("name", SCALERS)
def test_a_constant_column_is_not_divided_by_zero(name: str) -> None:
    rows = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]])
    values = scaled(step(name), rows)
    np.testing.assert_allclose(values, SCALERS[name].fit_transform(rows), atol=1e-12)
    assert np.isfinite(values).all()


@pytest.mark.parametrize("name", SCALERS)
def test_only_the_named_columns_are_scaled(name: str) -> None:
    values = scaled(step(name, columns=["b"]))
    assert (values[:, 0] == ROWS[:, 0]).all()
    np.testing.assert_allclose(values[:, 1:], SCALERS[name].fit_transform(ROWS[:, 1:]), atol=1e-12)


@pytest.mark.parametrize("name", SCALERS)
def test_images_have_one_scale_for_all_pixels(name: str) -> None:
    images = np.array([[[0, 51], [102, 255]]], np.uint8)[..., None]
    fitted = fit_step(step(name), images, ["image"], scaler_statistics)
    assert isinstance(fitted, LinearScaling)
    assert len(fitted.offset) == len(fitted.scale) == 1
    expected = SCALERS[name].fit_transform(images.reshape(-1, 1).astype(np.float64)).reshape(images.shape)
    np.testing.assert_allclose(apply_steps([fitted], images.astype(np.float64)), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("params", "rows", "facts"),
    [
        (step("maximum"), -ROWS, ("preprocess.steps: maximum", "which is -1.0")),
        (step("l2", axis=2), ROWS, ("preprocess.steps: l2 axis 2", "axes 1 to 1")),
    ],
)
def test_steps_that_cannot_be_fitted(params: Any, rows: Any, facts: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as caught:
        fit_step(params, rows, COLUMNS, scaler_statistics)
    assert all(fact in str(caught.value) for fact in facts)


def test_each_step_is_fitted_on_the_output_of_the_previous_one() -> None:
    steps = fitted_steps([step("divide", by=10), step("minmax")])
    assert [getattr(s, "name", None) for s in steps] == ["divide", "minmax"]
    np.testing.assert_allclose(apply_steps(steps, ROWS), np.array([[0, 0], [0.5, 0.2], [1, 1]]), atol=1e-12)
    assert fitted_steps([step("minmax")], steps[:1]) == steps


@pytest.mark.parametrize(
    ("steps", "fitted", "calls"),
    [
        ([step("divide", by=255)], [], 0),
        ([step("standard"), step("l2")], [], 1),
        ([step("l2")], [LinearScaling(name="divide", offset=[0.0], scale=[2.0])], 1),
        ([], [LinearScaling(name="divide", offset=[0.0], scale=[2.0])], 0),
    ],
)
def test_values_are_scaled_only_for_a_following_step(
    steps: list[Any], fitted: list[Any], calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In float64, images take eight times the memory of their bytes."""
    apply = Mock(side_effect=apply_steps)
    monkeypatch.setattr(scaling, "apply_steps", apply)
    fitted_steps(steps, fitted)
    assert apply.call_count == calls
