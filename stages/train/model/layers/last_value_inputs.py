"""Which last values `nlinear` adds to the forecast of a target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from stages.core.artefacts.processed import InputSpec, TargetSpec
from stages.core.columns.scaling import FittedStep, LinearScaling, ScaledColumns, UnitLength
from stages.core.columns.series.row_steps import FittedDifference, FittedLog
from stages.train.params.layer_params import NLinear
from stages.train.params.model_params import Branches, Model

# Two scalers that were fitted on the same rows differ in their last bits.
ROUNDING = 1e-9
StepOfColumn = tuple[str, float, float]


@dataclass(frozen=True)
class LastValues:
    """Where an input has the columns of a target: one number of a column in each row for each of them."""

    input: str
    positions: list[int]


def last_values_to_add(model: Model, target: TargetSpec, inputs: Mapping[str, InputSpec]) -> LastValues | None:
    """Return the first input of `nlinear` that has the target's columns with the same steps, or nothing.

    Nothing is added to classes, and to values that are relative to known values already.
    """
    if target.classes is not None or target.is_relative:
        return None
    for name, spec in inputs.items():
        layers = model.inputs.get(name) if isinstance(model, Branches) else model
        positions = _positions(spec, target) if isinstance(layers, NLinear) else None
        if positions is not None:
            return LastValues(name, positions)
    return None


def _positions(spec: InputSpec, target: TargetSpec) -> list[int] | None:
    """Steps on windows would change the last values."""
    if not isinstance(spec.column, ScaledColumns) or spec.window_steps:
        return None
    names, is_number = spec.column.outputs, spec.column.numbers
    if not set(target.columns) <= set(names):
        return None
    positions = [names.index(column) for column in target.columns]
    same_values = (
        is_number[position] and _have_same_steps(spec.steps, position, target.steps, number)
        for number, position in enumerate(positions)
    )
    return positions if all(same_values) else None


def _have_same_steps(steps: Sequence[FittedStep], position: int, others: Sequence[FittedStep], other: int) -> bool:
    """Whether two columns, by their positions, went through the same steps."""
    one, two = _steps_of_column(steps, position), _steps_of_column(others, other)
    return len(one) == len(two) and all(map(_is_same, one, two))


def _is_same(one: StepOfColumn, other: StepOfColumn) -> bool:
    """Offsets are compared in the unit of the scale, since an offset may be almost 0."""
    (kind, offset, scale), (other_kind, other_offset, other_scale) = one, other
    same_offset = isclose(offset, other_offset, rel_tol=ROUNDING, abs_tol=ROUNDING * scale)
    return kind == other_kind and same_offset and isclose(scale, other_scale, rel_tol=ROUNDING)


def _steps_of_column(steps: Sequence[FittedStep], position: int) -> list[StepOfColumn]:
    """Return the steps that change this column, with their numbers."""
    found: list[StepOfColumn] = []
    for step in steps:
        if isinstance(step, LinearScaling):
            offset, scale = (numbers[position if len(numbers) > 1 else 0] for numbers in (step.offset, step.scale))
            found += [] if (offset, scale) == (0.0, 1.0) else [("linear", offset, scale)]
        elif isinstance(step, UnitLength):
            found.append(("unit length", float(step.axis), 1.0))
        elif isinstance(step, FittedLog | FittedDifference) and (step.positions is None or position in step.positions):
            found.append((step.step, step.plus if isinstance(step, FittedLog) else float(step.lag), 1.0))
    return found
