"""Refuses stale parameters: params.yaml must be what conf/ composes to, and free of mistakes."""

from collections.abc import Mapping
from typing import Any

from stages.config.check_parameters import check
from stages.config.compose import Composed, compose
from stages.config.copy_accepted_profiles import hand_on
from stages.config.schema import Suite
from stages.core import paths
from stages.core.errors import UserError, format_examples
from stages.core.params import read_params
from stages.core.runtime.atomic_write import remove
from stages.core.runtime.stage import in_experiment
from stages.core.runtime.stage_outputs import StageOutputs
from stages.core.validation_errors import dotted_path

MEND = "run `restage compose`"


def guard(outputs: StageOutputs) -> None:
    """Writes a marker that never changes, for the downloads, the accepted profiles and the suite's titles."""
    remove(paths.PARAMS_MARKER)
    params = read_params()
    if in_experiment():
        suite = check(Composed(params, {}), paths.PARAMS)
    else:
        composed = compose()
        suite = check(composed)
        check_fresh(params, composed.params)
    hand_on(suite.datasets, outputs)
    outputs.write_json(paths.SUITE, {"suite": suite.suite, "datasets": titles(suite)})
    outputs.write_text(paths.PARAMS_MARKER, "fresh\n")


def check_fresh(written: Mapping[str, Any], composed: Mapping[str, Any]) -> None:
    """Compared as data: layout and comments may differ."""
    changed = differences(written, composed)
    if changed:
        raise UserError(f"{paths.PARAMS} is not what conf/ composes to ({format_examples(changed)}); {MEND}")


def differences(left: Any, right: Any, at: tuple[str | int, ...] = ()) -> list[str]:
    """
    >>> differences({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}})
    ['a.b', 'c']
    """
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        keys = sorted({*left, *right}, key=str)
        return [d for k in keys for d in differences(left.get(k, _ABSENT), right.get(k, _ABSENT), (*at, k))]
    return [] if type(left) is type(right) and left == right else [dotted_path(at)]


def titles(suite: Suite) -> list[list[str]]:
    """Each dataset's title, in the order of the suite."""
    return [[key, dataset.report.title] for key, dataset in suite.datasets.items()]


_ABSENT = object()
