"""The metrics that evaluate measures of a dataset, as far as conf/ alone tells, and what values they can have.

The tests compare the names and directions with those of evaluate, whose code the guard does not load.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Literal, NamedTuple

from stages.config.checks.positive_class_names import classes_by_target
from stages.config.schema import Dataset
from stages.core.artefacts.records.evaluation import metric_name

WEIGHTED = "weighted_"


class MetricKind(NamedTuple):
    """`better` is None for a metric that should be neither high nor low."""

    better: Literal["higher", "lower"] | None
    lowest: float = 0
    highest: float = inf


HIGHER_SHARE, LOWER_SHARE, ERROR = MetricKind("higher", 0, 1), MetricKind("lower", 0, 1), MetricKind("lower")
LOSS = MetricKind("lower", -inf)
OF_CLASSES: Mapping[str, MetricKind] = {
    "accuracy": HIGHER_SHARE,
    "balanced_accuracy": HIGHER_SHARE,
    "macro_f1": HIGHER_SHARE,
    "calibration_error": LOWER_SHARE,
    "log_loss": ERROR,
    "pr_auc": HIGHER_SHARE,
    "roc_auc": HIGHER_SHARE,
}
OF_POSITIVE_CLASS: Mapping[str, MetricKind] = {"precision": HIGHER_SHARE, "recall": HIGHER_SHARE, "f1": HIGHER_SHARE}
OF_VALUES: Mapping[str, MetricKind] = {
    "mse": ERROR,
    "mae": ERROR,
    "rmse": ERROR,
    "r2": MetricKind("higher", -inf, 1),
}
OF_FORECASTS: Mapping[str, MetricKind] = {"mase": ERROR, "smape": MetricKind("lower", 0, 200)}
OF_INTERVALS: Mapping[str, MetricKind] = {"coverage": MetricKind(None, 0, 1), "interval_score": ERROR}
# `restage compare` cannot tell a difference of these from noise by the rows.
WITHOUT_ROWS = ("loss", "interval_score")
WITH_WEIGHTS: Mapping[str, MetricKind] = {**OF_CLASSES, **OF_POSITIVE_CLASS, **OF_VALUES}
REASONS: Mapping[str, Mapping[str, MetricKind]] = {
    "it is for targets that are classes": OF_CLASSES,
    "it needs evaluate.positive_class": OF_POSITIVE_CLASS,
    "it is for targets that are values": OF_VALUES,
    "it is for forecasts of values, and needs preprocess.window": OF_FORECASTS,
    "it is for forecasts of values, and needs preprocess.window and evaluate.interval": OF_INTERVALS,
}


def measured_metrics(dataset: Dataset) -> dict[str, MetricKind]:
    """By the name that `reports/metrics` has. Whether the rows define a metric, only the results tell."""
    classes = classes_by_target(dataset)
    return {
        metric_name(target, metric, len(classes)): kind
        for target, names in classes.items()
        for metric, kind in _metrics_of_target(dataset, target, names).items()
    }


def _metrics_of_target(dataset: Dataset, target: str, classes: Sequence[str] | None) -> dict[str, MetricKind]:
    """`classes` is None where conf/ does not list them, and empty for a target of values."""
    is_class = classes is None or bool(classes)
    metrics: dict[str, MetricKind] = {**OF_CLASSES} if is_class else {**OF_VALUES}
    positive = dataset.evaluate.positive_class
    has_positive = target in positive if isinstance(positive, Mapping) else positive is not None
    if has_positive and (classes is None or len(classes) == 2):
        metrics |= OF_POSITIVE_CLASS
    if dataset.preprocess.weight is not None:
        metrics |= {f"{WEIGHTED}{name}": kind for name, kind in metrics.items()}
    if not is_class and dataset.preprocess.window is not None:
        metrics |= OF_FORECASTS
        metrics |= OF_INTERVALS if dataset.evaluate.interval is not None else {}
    return {"loss": LOSS} | metrics


def reason_not_measured(metric: str) -> str | None:
    """What conf/ needs so that a metric is measured; None if evaluate has no such metric.

    >>> reason_not_measured("f1"), reason_not_measured("top_3")
    ('it needs evaluate.positive_class', None)
    """
    if metric.startswith(WEIGHTED) and metric.removeprefix(WEIGHTED) in WITH_WEIGHTS:
        return "it needs a column of kind weight"
    return next((reason for reason, metrics in REASONS.items() if metric in metrics), None)
