"""The metric that trials are compared by: the headline, on the validation rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.tune.study import Better
from stages.core.artefacts.processed import TEST, VALIDATION, ProcessedData, TargetSpec
from stages.core.artefacts.records.evaluation import MetricsByTarget, metric_name
from stages.core.artefacts.records.record import Record
from stages.core.errors import UserError
from stages.evaluate.baselines.series.known_series import naive_errors_of_targets
from stages.evaluate.evaluation_record import find_headline
from stages.evaluate.metrics.target_metrics import HIGHER_IS_BETTER, target_metrics
from stages.evaluate.params import Evaluate
from stages.evaluate.positive_class import positive_classes
from stages.evaluate.rows_digest import rows_digest
from stages.evaluate.target_predictions import TargetPredictions


class Objective(Record):
    """`name` is that of the metric with its target, if there are several. `note` says why it is not the headline."""

    target: str
    metric: str
    name: str
    better: Better
    note: str | None = None


def choose_objective(params: Evaluate, processed: ProcessedData) -> Objective:
    """The headline; where the validation rows do not define it, the first metric of its target that they define.

    Raises UserError if there are no validation rows, or if the headline is not a metric of the targets.
    """
    if not processed.has_split(VALIDATION):
        raise UserError(
            "there is no validation split, and trials are compared on its rows, never on test rows; give "
            "preprocess.split.validation a share, such as 0.2"
        )
    metrics, undefined = _metrics_of_perfect_predictions(params, processed)
    for target, reasons in undefined.items():
        for metric, reason in reasons.items():
            if params.headline == metric_name(target, metric, len(metrics)):
                note = f"{params.headline} is not defined on the validation rows, since {reason}"
                return _objective(target, next(iter(metrics[target])), len(metrics), note)
    target, metric = find_headline(params.headline, metrics)
    return _objective(target, metric, len(metrics))


def _objective(target: str, metric: str, targets: int, note: str | None = None) -> Objective:
    better: Better = "higher" if metric in HIGHER_IS_BETTER else "lower"
    return Objective(target=target, metric=metric, name=metric_name(target, metric, targets), better=better, note=note)


def _metrics_of_perfect_predictions(
    params: Evaluate, processed: ProcessedData
) -> tuple[MetricsByTarget, Mapping[str, Mapping[str, str]]]:
    """Which metrics the rows define does not depend on the predictions, so that no model is needed."""
    weights, naive = processed.weights(VALIDATION), naive_errors_of_targets(processed)
    positive, truth = positive_classes(params, processed), processed.truth(VALIDATION)
    measured = {}
    for name, target in processed.fitted.targets.items():
        certain = _certain_probabilities(processed, target, truth[name])
        perfect = TargetPredictions(truth[name], certain, weights, positive.get(name), naive.get(name))
        measured[name] = target_metrics(target, truth[name], perfect)
    return {name: m.values for name, m in measured.items()}, {name: m.undefined for name, m in measured.items()}


def _certain_probabilities(processed: ProcessedData, target: TargetSpec, truth: NDArray[Any]) -> NDArray[Any] | None:
    if target.classes is None:
        return None
    rows = np.eye(target.width, dtype=np.float32)
    return processed.compute_in_blocks(len(truth), lambda block: rows[truth[block].astype(np.int64)])


def compared_rows(processed: ProcessedData) -> str:
    """The same for two trials that are measured on the same validation and test rows."""
    return " ".join(rows_digest(processed, split) for split in (VALIDATION, TEST) if processed.has_split(split))
