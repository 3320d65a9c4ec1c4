"""Checks of models of `nlinear`, whose windows have lost the last value of each column."""

from collections.abc import Mapping

from stages.core.artefacts.processed import TargetSpec
from stages.core.errors import ErrorList
from stages.train.model.last_value_inputs import nlinear_input
from stages.train.params import Train
from stages.train.params.layer_params import NLinear


def check_nlinear(params: Train, targets: Mapping[str, TargetSpec]) -> None:
    """Check that the last values of every target are added, unless it needs none or another input has them."""
    if not any(isinstance(layers, NLinear) for layers in params.hidden_layers):
        return
    errors, outputs = ErrorList(), params.outputs(targets)
    for name, target in targets.items():
        if target.classes is not None or target.is_relative:
            continue
        if nlinear_input(params.model, target) is not None:
            added = f"nlinear adds the last values of target {name} to its output"
            errors.check(outputs[name] == "linear", f"train.output: {added}; use linear; received {outputs[name]}")
        elif all(isinstance(layers, NLinear) for layers in params.hidden_layers):
            errors.add(
                f"train.model: nlinear adds the last values of target {name}, but no input has {_described(target)} "
                "with the same steps; add them to preprocess.inputs and use the same steps and target_steps, make the "
                "target relative in preprocess.target_steps, or use dlinear"
            )
    errors.raise_if_any()


def _described(target: TargetSpec) -> str:
    columns = ", ".join(target.columns)
    return f"its column {columns}" if len(target.columns) == 1 else f"its columns {columns} side by side"
