"""Checks of models of `nlinear`, whose windows have lost the last value of each column."""

from stages.core.artefacts.processed import Fitted, TargetSpec
from stages.core.columns.series.row_steps import FittedDifference
from stages.core.columns.series.window_steps import FittedNormalizeWindow, FittedRelativeToLast
from stages.core.errors import ErrorList
from stages.train.model.layers.last_value_inputs import last_values_to_add
from stages.train.params import Train
from stages.train.params.layer_params import NLinear


def check_nlinear(params: Train, fitted: Fitted) -> None:
    """Check that the last values of every target are added, unless it needs none or another input has them."""
    if not any(isinstance(layers, NLinear) for layers in params.hidden_layers):
        return
    errors, outputs = ErrorList(), params.outputs(fitted.targets)
    only_nlinear = all(isinstance(layers, NLinear) for layers in params.hidden_layers)
    for name, target in fitted.targets.items():
        if last_values_to_add(params.model, target, fitted.inputs) is not None:
            added = f"nlinear adds the last values of target {name} to its output"
            errors.check(outputs[name] == "linear", f"train.output: {added}; use linear; received {outputs[name]}")
        elif only_nlinear and target.classes is None:
            _check_relative(name, target, errors)
    errors.raise_if_any()


def _check_relative(name: str, target: TargetSpec, errors: ErrorList) -> None:
    """Check a target to which nothing is added."""
    absolute = _absolute_columns(target)
    columns = ", ".join(absolute)
    if absolute == target.columns:
        described = f"its column {columns}" if len(absolute) == 1 else f"its columns {columns}"
        errors.add(
            f"train.model: nlinear adds the last values of target {name}, but no input has {described} with the same "
            "steps; add them to preprocess.inputs and use the same steps and target_steps, make the target relative in "
            "preprocess.target_steps, or use dlinear"
        )
    elif absolute:
        errors.add(
            f"train.model: nlinear adds the last values to all columns of a target or to none, and column {columns} of "
            f"target {name} is not relative to known values as the others; give it a target of its own"
        )


def _absolute_columns(target: TargetSpec) -> list[str]:
    """The columns that no step makes relative to known values."""
    relative: set[int] = set()
    for step in [*target.steps, *target.window_steps]:
        if isinstance(step, FittedDifference | FittedRelativeToLast | FittedNormalizeWindow):
            relative.update(range(len(target.columns)) if step.positions is None else step.positions)
    return [column for number, column in enumerate(target.columns) if number not in relative]
