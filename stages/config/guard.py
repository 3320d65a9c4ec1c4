"""Refuses stale parameters: params.yaml must be what conf/ composes to, and free of mistakes."""

from collections.abc import Mapping
from typing import Any

from stages.config.accepted import hand_on
from stages.config.checking import check
from stages.config.compose import Composed, compose
from stages.config.schema import Suite
from stages.core import paths
from stages.core.errors import Mistake, examples
from stages.core.params import read_params
from stages.core.problems import dotted
from stages.core.stage import in_experiment
from stages.core.writing import remove, write_json, write_text

MEND = "run `restage compose`"


def guard() -> None:
    """Writes a marker that never changes, for the downloads, the accepted profiles and the suite's titles."""
    remove(paths.FRESH)
    params = read_params()
    if in_experiment():
        suite = check(Composed(params, {}), paths.PARAMS)
    else:
        composed = compose()
        suite = check(composed)
        check_fresh(params, composed.params)
    hand_on(suite.datasets)
    write_json(paths.SUITE, {"suite": suite.suite, "datasets": titles(suite)})
    write_text(paths.FRESH, "fresh\n")


def check_fresh(written: Mapping[str, Any], composed: Mapping[str, Any]) -> None:
    """Compared as data: layout and comments may differ."""
    changed = differences(written, composed)
    if changed:
        raise Mistake(f"{paths.PARAMS} is not what conf/ composes to ({examples(changed)}); {MEND}")


def differences(left: Any, right: Any, at: tuple[str | int, ...] = ()) -> list[str]:
    """
    >>> differences({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}})
    ['a.b', 'c']
    """
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        keys = sorted({*left, *right}, key=str)
        return [d for k in keys for d in differences(left.get(k, _ABSENT), right.get(k, _ABSENT), (*at, k))]
    return [] if type(left) is type(right) and left == right else [dotted(at)]


def titles(suite: Suite) -> list[list[str]]:
    """Each dataset's title, in the order of the suite."""
    return [[key, dataset.report.title] for key, dataset in suite.datasets.items()]


_ABSENT = object()
