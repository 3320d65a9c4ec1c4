"""The metrics that are in Git: reports/metrics/<key>.json of a revision, and which direction of each is better."""

import json
import math
from typing import Any, Literal

from stages.cli.revisions.snapshot import Snapshot
from stages.core import paths
from stages.core.artefacts.records.evaluation import metric_name
from stages.evaluate.metrics.target_metrics import (
    FORECAST_METRICS,
    HIGHER_IS_BETTER,
    PROBABILITY_METRICS,
    VALUE_METRICS,
)
from stages.evaluate.metrics.weighted_metrics import PREFIX

Direction = Literal["higher", "lower"]
_LOWER_IS_BETTER = {"loss", "interval_score", *FORECAST_METRICS, *PROBABILITY_METRICS, *VALUE_METRICS}


def read_metrics(snapshot: Snapshot, key: str) -> dict[str, float]:
    """The values by name, such as `accuracy`, or `price.rmse` where there are several targets.

    Raises LookupError with the reason if the file is missing or damaged.
    """
    path = paths.metrics(key)
    text = snapshot.text(path)
    solution = "" if snapshot.commit else f"; `restage run {key}` writes it again"
    if not text or not text.strip():
        raise LookupError(f"{path} of {snapshot.name}: missing or empty{solution}")
    try:
        return flatten_metrics(json.loads(text))
    except ValueError as error:
        raise LookupError(f"{path} of {snapshot.name}: damaged ({error}){solution}") from None


def flatten_metrics(content: Any) -> dict[str, float]:
    """Raises ValueError unless the content is metric values by metric, or by target and metric.

    >>> flatten_metrics({"rmse": 2}), flatten_metrics({"price": {"rmse": 2.0}, "size": {"rmse": 3.0}})
    ({'rmse': 2.0}, {'price.rmse': 2.0, 'size.rmse': 3.0})
    """
    if not isinstance(content, dict) or not content:
        raise ValueError("no metrics")
    by_target = any(isinstance(value, dict) for value in content.values())
    values: dict[str, float] = {}
    for name, value in content.items():
        found = value.items() if by_target and isinstance(value, dict) else [("", value)]
        values |= {metric_name(name, metric, 2) if metric else name: _number(name, number) for metric, number in found}
    return values


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} is not a finite number")
    return float(value)


def better_direction(name: str) -> Direction | None:
    """None for a metric without a plain direction, such as the coverage of intervals, and for an unknown one.

    >>> [better_direction(name) for name in ("accuracy", "price.weighted_rmse", "coverage")]
    ['higher', 'lower', None]
    """
    metric = name.rpartition(".")[2]
    if metric in HIGHER_IS_BETTER:
        return "higher"
    return "lower" if metric.removeprefix(PREFIX) in _LOWER_IS_BETTER else None
