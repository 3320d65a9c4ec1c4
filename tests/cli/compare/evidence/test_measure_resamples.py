"""The values of all resamples at once are those of evaluate's functions, which take one resample each."""

from collections.abc import Callable

import numpy as np
import pytest

from stages.cli.compare.evidence import measure_resamples as module
from stages.cli.compare.evidence.measure_resamples import Draws, measure_resamples
from stages.cli.compare.evidence.predicted_rows import PredictedTarget
from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.target_metrics import metric_names
from stages.evaluate.target_predictions import TargetPredictions, predict_classes
from stages.inference.intervals.bounds import Bounds


def classes(count: int, rows: int, positive: int | None, seed: int = 0) -> PredictedTarget:
    """Few different probabilities, so that scores are equal; the last class is rare."""
    generator = np.random.default_rng(seed)
    shares = generator.integers(1, 5, (rows, count)) / 1.0
    probabilities = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    truth = np.minimum(generator.integers(0, 3 * count, rows), count - 1)[::-1] * (np.arange(rows) % 4 > 0)
    predictions = predict_classes(probabilities, positive=positive)
    labels = ClassLabels(columns=["y"], encoding="integer", classes=[str(number) for number in range(count)])
    return PredictedTarget(TargetSpec(column=labels), truth, predictions.with_weights(weights(rows)))


def values(columns: int, steps: int) -> PredictedTarget:
    generator = np.random.default_rng(0)
    truth, predicted, margin = generator.normal(size=(3, 12, columns * steps))
    spec = TargetSpec(column=NumberColumns(columns=["a", "b"][:columns]), step_count=steps)
    naive = np.ones(columns)
    bounds = Bounds(predicted - np.abs(margin), predicted + np.abs(margin))
    predictions = TargetPredictions(predicted, weights=weights(12), naive_errors=naive)
    return PredictedTarget(spec, truth, predictions, bounds, 0.8)


def weights(rows: int) -> np.ndarray:
    """Some are 0."""
    return (np.arange(rows) % 3).astype(np.float32)


EXAMPLES: dict[str, Callable[[], PredictedTarget]] = {
    "two_classes": lambda: classes(2, 40, None),
    "a_positive_class": lambda: classes(2, 40, 0),
    "three_classes": lambda: classes(3, 40, None),
    "one_of_three_is_positive": lambda: classes(3, 40, 2),
    "few_rows": lambda: classes(2, 5, 1),
    "values": lambda: values(1, 1),
    "columns_and_steps": lambda: values(2, 3),
}


def of_evaluate(metric: str, target: PredictedTarget, draws: Draws) -> list[float]:
    found = []
    for rows in draws:
        try:
            found.append(target.take(rows).measure(metric))
        except UndefinedMetricError:
            found.append(np.nan)
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_metric_has_the_values_of_evaluate(name: str) -> None:
    target = EXAMPLES[name]()
    draws = np.random.default_rng(5).integers(0, len(target.truth), (60, len(target.truth)))
    metrics = [*metric_names(target.spec, target.predictions), *(["interval_score"] if target.bounds else [])]
    for metric in metrics:
        expected = of_evaluate(metric, target, draws)
        assert not np.isnan(expected).all(), metric
        assert measure_resamples(metric, target, draws) == pytest.approx(expected, rel=1e-9, nan_ok=True), metric


def test_resamples_that_do_not_define_the_metric_are_no_numbers() -> None:
    target = classes(2, 5, 1)
    draws = np.array([[row] * 5 for row in range(5)])
    for metric in ("roc_auc", "pr_auc", "weighted_roc_auc", "weighted_pr_auc", "recall", "weighted_accuracy"):
        values = measure_resamples(metric, target, draws)
        assert np.isnan(values).any(), metric
        assert values == pytest.approx(of_evaluate(metric, target, draws), nan_ok=True), metric


def test_the_number_of_rows_that_are_measured_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    target = classes(3, 40, None)
    draws = np.random.default_rng(5).integers(0, 40, (7, 40))
    whole = measure_resamples("macro_f1", target, draws)
    monkeypatch.setattr(module, "MAX_ROWS_AT_ONCE", 90)
    assert measure_resamples("macro_f1", target, draws).tolist() == whole.tolist()
