"""Inputs and targets name the layers at both ends of a model, so their names must be fit for that."""

import re

from stages.core.artefacts.processed import Fitted, TargetSpec
from stages.core.errors import ErrorList

_FIT = re.compile(r"[A-Za-z0-9_.-]+")
_ONCE = "flatten|joined|average|flip|shift|rotate|rows|steps"
_COUNTED = (
    "dense|dropout|conv|norm|activation|pool|block_dropout|simple_rnn|lstm|gru|"
    "norm_in|attention|attended|norm_out|wide|narrow|fed_forward"
)


def check_names(fitted: Fitted) -> None:
    errors = ErrorList()
    for name in fitted.inputs:
        _check(name, fitted, "preprocess.inputs: {x: [...]}", errors)
    for name, target in fitted.targets.items():
        other = _other_name(target)
        _check(name, fitted, other, errors)
        shared = f"train: an input and a target are both called {name!r}; rename one, as in {other}"
        errors.check(name not in fitted.inputs, shared)
    errors.raise_if_any()


def _check(name: str, fitted: Fitted, other: str, errors: ErrorList) -> None:
    if not _FIT.fullmatch(name):
        errors.add(f"train: {name!r} cannot name a layer; use ASCII letters, digits, _, - and ., as in {other}")
    if _is_own(name, fitted):
        errors.add(f"train: {name!r} is what the model calls a layer of its own; rename it, as in {other}")


def _is_own(name: str, fitted: Fitted) -> bool:
    """A branch puts the name of its input before those of its layers."""
    branch = "|".join(map(re.escape, [*fitted.inputs, "shared"]))
    return re.fullmatch(rf"(({branch})_)?({_ONCE}|({_COUNTED})(_[0-9]+)+)", name) is not None


def _other_name(target: TargetSpec) -> str:
    columns = target.columns[0] if len(target.columns) == 1 else "[...]"
    return f"preprocess.targets: {{y: {columns}}}"
