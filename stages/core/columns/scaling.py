"""Fit, apply and invert scaling steps.

`apply_steps` takes the module that does the arithmetic, so that the same code runs in NumPy and, inside a compiled
batch, in Keras. Statistics of scalers come from the caller, so that applying steps needs NumPy alone.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from stages.core.artefacts.records.record import Record
from stages.core.columns.column_kind import ColumnKind, ScalerStatistics, no_scaler_statistics
from stages.core.columns.scaling_params import L2, Divide, Maximum, Scaler, ScalingStep
from stages.core.errors import UserError


class LinearScaling(Record):
    """(x - offset) / scale, with one number for each column or one for all. `name` is the step in conf/."""

    step: Literal["linear"] = "linear"
    name: str
    offset: list[float]
    scale: list[float]


class UnitLength(Record):
    """Division by the L2 length along an axis. Rows of length zero are not changed."""

    step: Literal["unit_length"] = "unit_length"
    name: str = "l2"
    axis: int


FittedStep = Annotated[LinearScaling | UnitLength, Field(discriminator="step")]


class ScaledColumns(ColumnKind):
    """A kind whose values are numbers that scaling steps apply to."""

    steps: list[FittedStep] = []

    def to_numbers(self, values: Any) -> NDArray[np.float64]:
        """Return the values before any step."""
        return np.asarray(values, np.float64)

    def fit(
        self,
        values: Any,
        steps: Sequence[ScalingStep] = (),
        scaler_statistics: ScalerStatistics = no_scaler_statistics,
    ) -> Self:
        fitted, to_apply = self.steps[:], self.steps
        for step in steps:
            # Only when another step follows: in float64, images are eight times as large as on disk.
            if to_apply:
                values = apply_steps(to_apply, np.asarray(values, np.float64))
            to_apply = [fit_step(step, values, self.columns, scaler_statistics)]
            fitted += to_apply
        return self.model_copy(update={"steps": fitted})


def fit_step(
    step: ScalingStep, values: NDArray[Any], columns: Sequence[str], scaler_statistics: ScalerStatistics
) -> FittedStep:
    match step:
        case Divide(by=by):
            return LinearScaling(name="divide", offset=[0.0], scale=[by])
        case Maximum():
            largest = float(values.max())
            if largest <= 0:
                raise UserError(f"preprocess.steps: maximum divides by the largest training value, which is {largest}")
            return LinearScaling(name="maximum", offset=[0.0], scale=[largest])
        case L2(axis=axis):
            if axis >= values.ndim:
                raise UserError(f"preprocess.steps: l2 axis {axis}, but the rows have axes 1 to {values.ndim - 1}")
            return UnitLength(axis=axis)
        case Scaler(step=name, columns=chosen_columns):
            matrix = np.asarray(values, np.float64)
            offset, scale = scaler_statistics(name, matrix if matrix.ndim == 2 else matrix.reshape(-1, 1))
            if chosen_columns is not None:
                chosen = np.isin(columns, chosen_columns)
                offset, scale = np.where(chosen, offset, 0.0), np.where(chosen, scale, 1.0)
            return LinearScaling(name=name, offset=offset.tolist(), scale=scale.tolist())


def apply_steps(steps: Sequence[FittedStep], x: Any, ops: Any = np) -> Any:
    """Return x scaled by each step in turn. `ops` is the array module of x, such as numpy or keras.ops.

    >>> apply_steps([LinearScaling(name="minmax", offset=[1.0], scale=[2.0])], np.array([[1.0], [3.0]])).tolist()
    [[0.0], [1.0]]
    """
    for step in steps:
        if isinstance(step, LinearScaling):
            x = (x - _as_array(step.offset, x)) / _as_array(step.scale, x)
        else:
            length = ops.sqrt(ops.sum(ops.square(x), axis=step.axis, keepdims=True))
            x = x / ops.where(length == 0, ops.ones_like(length), length)
    return x


def inverse_steps(steps: Sequence[FittedStep], x: Any) -> Any:
    """Return x with the steps inverted, the last one first. Raises ValueError for a step that has no inverse."""
    for step in reversed(steps):
        if isinstance(step, UnitLength):
            raise ValueError("a scaling to L2 length one has no inverse")
        x = x * _as_array(step.scale, x) + _as_array(step.offset, x)
    return x


def steps_of_columns(steps: Sequence[FittedStep], columns: slice) -> list[FittedStep]:
    """Return the steps of some of the columns.

    >>> steps_of_columns([LinearScaling(name="minmax", offset=[1.0, 2.0], scale=[3.0, 4.0])], slice(1, 2))[0].scale
    [4.0]
    """
    return [
        step.model_copy(update={"offset": step.offset[columns], "scale": step.scale[columns]})
        if isinstance(step, LinearScaling) and len(step.scale) > 1
        else step
        for step in steps
    ]


def _as_array(numbers: list[float], x: Any) -> Any:
    """The numbers in the precision of x, which may be a tensor of a library that NumPy does not know."""
    return np.asarray(numbers, np.float64 if x.dtype == np.float64 else np.float32)
