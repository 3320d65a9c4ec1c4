"""Fit, apply and invert the steps on rows: scaling, and transformations of series.

`apply_steps` takes the module that does the arithmetic, so that the same code runs in NumPy and, inside a compiled
batch, in Keras. Statistics of scalers come from the caller, so that applying steps needs NumPy alone.
"""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from stages.core.artefacts.records.record import Record
from stages.core.columns.column_kind import ColumnKind, Floats, ScalerStatistics, no_scaler_statistics
from stages.core.columns.scaling_params import L2, Divide, Maximum, Scaler, ScalingStep
from stages.core.columns.series.fit_series_step import fit_series_step
from stages.core.columns.series.row_steps import FittedDifference, FittedLags, FittedLog, FittedRolling
from stages.core.columns.value_blocks import ValueBlocks, as_blocks
from stages.core.errors import UserError, format_examples


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


SeriesStep = FittedLog | FittedDifference | FittedLags | FittedRolling
FittedStep = Annotated[
    LinearScaling | UnitLength | FittedLog | FittedDifference | FittedLags | FittedRolling,
    Field(discriminator="step"),
]


class ScaledColumns(ColumnKind):
    """A kind whose values are numbers that scaling steps apply to."""

    steps: list[FittedStep] = []

    @property
    def outputs(self) -> list[str]:
        """The name of each column of the array."""
        return output_names(self.steps, self.columns)

    @property
    def numbers(self) -> NDArray[np.bool_]:
        """Which columns of the array are numbers, that steps of series are for."""
        return np.ones(len(self.outputs), np.bool_)

    @property
    def scaled(self) -> NDArray[np.bool_]:
        """Which columns of the array scalers are for."""
        return self.numbers

    @property
    def output_columns(self) -> list[str]:
        """The name by which steps name each column of the array."""
        return self.outputs

    @property
    def lookback(self) -> int:
        """How many earlier rows a row needs. `transform` leaves out so many rows at the beginning."""
        return sum(step.lookback for step in self.steps if isinstance(step, SeriesStep))

    def to_numbers(self, values: Any) -> NDArray[np.float64]:
        """Return the values before any step."""
        return np.asarray(values, np.float64)

    def fit(
        self,
        values: Any,
        steps: Sequence[ScalingStep] = (),
        scaler_statistics: ScalerStatistics = no_scaler_statistics,
    ) -> Self:
        blocks, fitted = as_blocks(values), self
        for step in steps:
            # Values as they are before the first step: in float64, images are eight times as large as on disk.
            numbers = blocks.then(fitted.scaled_numbers, fitted.lookback) if fitted.steps else blocks
            names = output_names(fitted.steps, self.columns)
            fitted_step = fit_step(step, numbers, names, scaler_statistics)
            fitted = fitted.model_copy(update={"steps": [*fitted.steps, fitted_step]})
        return fitted

    def with_scaler(self, scaler: Scaler, offset: Floats, scale: Floats) -> Self:
        """Return a copy with a scaler whose statistics are known, for each column that scalers are for."""
        scaled = self.scaled
        names = [name for name, is_scaled in zip(self.output_columns, scaled, strict=True) if is_scaled]
        step = spread_step(linear_scaling(scaler, offset, scale, names), scaled)
        return self.model_copy(update={"steps": [*self.steps, step]})

    def chosen_numbers(self, chosen: NDArray[np.bool_], values: Any) -> Floats:
        """The chosen columns after the steps so far."""
        return self.scaled_numbers(values)[:, chosen]

    def scaled_numbers(self, values: Any) -> NDArray[np.float64]:
        """The values after the steps so far."""
        scaled: NDArray[np.float64] = apply_steps(self.steps, self.to_numbers(values))
        return scaled


def fit_step(step: ScalingStep, values: Any, columns: Sequence[str], scaler_statistics: ScalerStatistics) -> FittedStep:
    """`values` are an array or ValueBlocks of arrays."""
    blocks = as_blocks(values)
    match step:
        case Divide(by=by):
            return LinearScaling(name="divide", offset=[0.0], scale=[by])
        case Maximum():
            return LinearScaling(name="maximum", offset=[0.0], scale=[_largest(blocks)])
        case L2(axis=axis):
            axes = next(blocks.map(np.ndim))
            if axis >= axes:
                raise UserError(f"preprocess.steps: l2 axis {axis}, but the rows have axes 1 to {axes - 1}")
            return UnitLength(axis=axis)
        case Scaler():
            return _fit_scaler(step, blocks.then(partial(_as_matrix, columns)), columns, scaler_statistics)
        case _:
            return fit_series_step(step, columns)


def _fit_scaler(
    scaler: Scaler, matrices: ValueBlocks, columns: Sequence[str], scaler_statistics: ScalerStatistics
) -> LinearScaling:
    return linear_scaling(scaler, *scaler_statistics(scaler.step, matrices), columns)


def linear_scaling(scaler: Scaler, offset: Floats, scale: Floats, columns: Sequence[str]) -> LinearScaling:
    """`offset` and `scale` are the statistics of the scaler for each of the columns."""
    if not scaler.center:
        offset = np.zeros_like(offset)
    if scaler.columns is not None:
        chosen = np.isin(columns, scaler.columns)
        offset, scale = np.where(chosen, offset, 0.0), np.where(chosen, scale, 1.0)
    return LinearScaling(name=scaler.step, offset=offset.tolist(), scale=scale.tolist())


def _as_matrix(columns: Sequence[str], values: Any) -> NDArray[np.float64]:
    """Images have one scale for all pixels."""
    matrix = np.asarray(values, np.float64)
    if matrix.ndim != 2:
        return matrix.reshape(-1, 1)
    check_finite(matrix, columns)
    return matrix


def check_finite(matrix: NDArray[np.float64], columns: Sequence[str]) -> None:
    """Raise UserError for columns that the steps before make infinite or not a number."""
    is_finite = np.isfinite(matrix)
    if not is_finite.all():
        wrong = np.flatnonzero(~is_finite.all(axis=0))
        raise UserError(
            f"preprocess: column {format_examples(columns[int(n)] for n in wrong)}: the steps give no finite number; "
            "log and log_return need numbers above 0: give log a larger `plus`, or `columns` without this one"
        )


def spread_step(fitted: FittedStep, chosen: NDArray[np.bool_]) -> FittedStep:
    """Return a step that was fitted on the chosen columns as a step on all of them, which keeps the others."""
    if isinstance(fitted, LinearScaling):
        offset, scale = np.zeros(len(chosen)), np.ones(len(chosen))
        offset[chosen], scale[chosen] = fitted.offset, fitted.scale
        return LinearScaling(name=fitted.name, offset=offset.tolist(), scale=scale.tolist())
    if isinstance(fitted, SeriesStep) and not chosen.all():
        return fitted.model_copy(update={"positions": spread_positions(fitted.positions, chosen)})
    return fitted


def spread_positions(positions: list[int] | None, chosen: NDArray[np.bool_]) -> list[int] | None:
    """
    >>> spread_positions([1], np.array([True, False, True])), spread_positions(None, np.array([True, True]))
    ([2], None)
    """
    if positions is None and chosen.all():
        return None
    numbers = np.flatnonzero(chosen)
    found: list[int] = (numbers if positions is None else numbers[positions]).tolist()
    return found


def _largest(blocks: ValueBlocks) -> float:
    largest = max(blocks.map(_largest_value))
    if largest <= 0:
        raise UserError(f"preprocess.steps: maximum divides by the largest training value, which is {largest}")
    return largest


def _largest_value(values: NDArray[Any]) -> float:
    return float(values.max())


def output_names(steps: Sequence[FittedStep], columns: Sequence[str]) -> list[str]:
    """The name of each column after the steps, some of which add columns."""
    names = [*columns]
    for step in steps:
        if isinstance(step, SeriesStep):
            names = step.output_names(names)
    return names


def apply_steps(steps: Sequence[FittedStep], x: Any, ops: Any = np) -> Any:
    """Return x scaled by each step in turn. `ops` is the array module of x, such as numpy or keras.ops.

    >>> apply_steps([LinearScaling(name="minmax", offset=[1.0], scale=[2.0])], np.array([[1.0], [3.0]])).tolist()
    [[0.0], [1.0]]
    """
    for step in steps:
        if isinstance(step, LinearScaling):
            x = (x - _as_array(step.offset, x)) / _as_array(step.scale, x)
        elif isinstance(step, SeriesStep):
            x = step.apply(x)
        else:
            length = ops.sqrt(ops.sum(ops.square(x), axis=step.axis, keepdims=True))
            x = x / ops.where(length == 0, ops.ones_like(length), length)
    return x


class ColumnScaling:
    """Steps of which each scales every column by itself, so that some columns can be scaled without the others."""

    def __init__(self, steps: Sequence[LinearScaling], columns: int) -> None:
        self._steps = [(_spread(step.offset, columns), _spread(step.scale, columns)) for step in steps]
        self._changes = [(offset != 0) | np.signbit(offset) | (scale != 1) for offset, scale in self._steps]

    @classmethod
    def of(cls, steps: Sequence[FittedStep], columns: int) -> "ColumnScaling | None":
        """None if a step takes more than a column."""
        linear = [step for step in steps if isinstance(step, LinearScaling)]
        return cls(linear, columns) if len(linear) == len(steps) else None

    def apply(self, columns: slice, x: Floats) -> Floats:
        """What `apply_steps` returns for these columns."""
        for (offset, scale), changes in zip(self._steps, self._changes, strict=True):
            if changes[columns].any():
                x = (x - offset[columns]) / scale[columns]
        return x


def _spread(values: Sequence[float], columns: int) -> Floats:
    return np.broadcast_to(np.array(values, np.float64), (columns,))


def inverse_steps(steps: Sequence[FittedStep], x: Any) -> Any:
    """Return x with the steps inverted, the last one first. Raises ValueError for a step that has no inverse."""
    for step in reversed(steps):
        if isinstance(step, LinearScaling):
            x = x * _as_array(step.scale, x) + _as_array(step.offset, x)
        elif isinstance(step, FittedLog):
            x = step.inverse(x)
        else:
            raise ValueError(f"{step.step} has no inverse by the value alone")
    return x


def steps_of_columns(steps: Sequence[FittedStep], columns: slice) -> list[FittedStep] | None:
    """Return the steps of some of the columns; None if a step of series is not for all columns alike.

    >>> steps_of_columns([LinearScaling(name="minmax", offset=[1.0, 2.0], scale=[3.0, 4.0])], slice(1, 2))[0].scale
    [4.0]
    """
    if any(isinstance(s, FittedLags | FittedRolling) or getattr(s, "positions", None) is not None for s in steps):
        return None
    return [
        step.model_copy(update={"offset": step.offset[columns], "scale": step.scale[columns]})
        if isinstance(step, LinearScaling) and len(step.scale) > 1
        else step
        for step in steps
    ]


def _as_array(numbers: list[float], x: Any) -> Any:
    """The numbers in the precision of x, which may be a tensor of a library that NumPy does not know."""
    return np.asarray(numbers, np.float64 if x.dtype == np.float64 else np.float32)
