"""Checks the names of inputs and targets, which become names of layers."""

import re

from stages.core.artefacts.processed import Fitted, TargetSpec
from stages.core.errors import ErrorList

_LAYER_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_UNNUMBERED_LAYERS = "flatten|joined|average|flip|shift|rotate|rows|steps"
_NUMBERED_LAYERS = (
    "dense|dropout|conv|norm|activation|pool|block_dropout|simple_rnn|lstm|gru|"
    "norm_in|attention|attended|norm_out|wide|narrow|fed_forward"
)


def check_layer_names(fitted: Fitted) -> None:
    errors = ErrorList()
    for name in fitted.inputs:
        _check_name(name, fitted, "preprocess.inputs: {x: [...]}", errors)
    for name, target in fitted.targets.items():
        example = _rename_example(target)
        _check_name(name, fitted, example, errors)
        duplicate = f"train: an input and a target have the same name {name!r}; rename one, as in {example}"
        errors.check(name not in fitted.inputs, duplicate)
    errors.raise_if_any()


def _check_name(name: str, fitted: Fitted, example: str, errors: ErrorList) -> None:
    if not _LAYER_NAME.fullmatch(name):
        errors.add(f"train: {name!r} is not a layer name; use ASCII letters, digits, _, - and ., as in {example}")
    if _is_hidden_layer(name, fitted):
        errors.add(f"train: {name!r} is the name of one of the model's layers; rename it, as in {example}")


def _is_hidden_layer(name: str, fitted: Fitted) -> bool:
    """A branch's layers have the name of its input as prefix."""
    prefixes = "|".join(map(re.escape, [*fitted.inputs, "shared"]))
    pattern = rf"(({prefixes})_)?({_UNNUMBERED_LAYERS}|({_NUMBERED_LAYERS})(_[0-9]+)+)"
    return re.fullmatch(pattern, name) is not None


def _rename_example(target: TargetSpec) -> str:
    columns = target.columns[0] if len(target.columns) == 1 else "[...]"
    return f"preprocess.targets: {{y: {columns}}}"
