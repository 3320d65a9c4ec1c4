"""Which baseline is best, and how far the difference from it may be chance."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ProcessedData, TargetSpec
from stages.core.artefacts.records.evaluation import BestBaseline
from stages.core.errors import UserError
from stages.core.rounding import round_difference, round_significant
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.target_metrics import (
    HIGHER_IS_BETTER,
    PROBABILITY_METRICS,
    improvement,
    metric_names,
    metric_value,
)
from stages.evaluate.metrics.weighted_metrics import PREFIX
from stages.evaluate.params import headline_without_baseline
from stages.evaluate.target_predictions import Array, TargetPredictions

MAX_RESAMPLES, MIN_RESAMPLES = 1000, 100
# Rows that are drawn in all resamples together, so that the time is limited.
MAX_DRAWN_ROWS = 10_000_000
# With fewer rows, or fewer blocks of rows, an interval would say little.
MIN_BLOCKS = 5
# More rows are resampled in so many parts.
MAX_SINGLE_ROWS, PARTS = 1 << 18, 256
COVERED = (0.025, 0.975)


def best_baseline(
    metric: str,
    target: TargetSpec,
    truth: Array,
    model: TargetPredictions,
    baselines: Mapping[str, TargetPredictions],
    block: int,
    seed: int,
) -> BestBaseline:
    """The best of the baselines that have the metric; the first of equal ones. Raises UserError if none has it.

    The interval is that of a paired bootstrap: model and baseline are measured on the same resampled rows. Rows are
    drawn in blocks of `block` consecutive rows; 0 gives no interval.
    """
    values = {
        name: metric_value(metric, target, truth, predictions)
        for name, predictions in baselines.items()
        if metric in metric_names(target, predictions)
    }
    if not values:
        raise UserError(f"evaluate.{headline_without_baseline(metric, baselines)}")
    sign = 1 if metric in HIGHER_IS_BETTER else -1
    name = max(values, key=lambda each: sign * values[each])
    model_value = metric_value(metric, target, truth, model)
    improvements = resampled_improvements(metric, target, truth, model, baselines[name], block, seed)
    lowest, highest = np.quantile(improvements, COVERED).tolist() if improvements else (0.0, 0.0)
    return BestBaseline(
        name=name,
        value=round_significant(values[name]),
        improvement=round_difference(improvement(metric, model_value, values[name]), model_value),
        interval=(round_difference(lowest, model_value), round_difference(highest, model_value))
        if improvements
        else None,
        resamples=len(improvements),
    )


def dependent_rows(processed: ProcessedData, split: str) -> int:
    """How many consecutive samples depend on each other: those whose windows overlap. 0 for the training rows."""
    if split == TRAIN:
        return 0
    window = processed.fitted.window
    return ceil(window.span / window.stride) if window else 1


def resampled_improvements(
    metric: str,
    target: TargetSpec,
    truth: Array,
    model: TargetPredictions,
    baseline: TargetPredictions,
    block: int,
    seed: int,
) -> list[float]:
    """The improvement in each resample whose rows define the metric; empty if there are too few rows."""
    if block == 0 or len(truth) // block < MIN_BLOCKS:
        return []
    if len(truth) > MAX_SINGLE_ROWS:
        return _resampled_parts(metric, target, truth, model, baseline, seed)
    generator, found = np.random.default_rng(seed), []
    if metric.removeprefix(PREFIX) not in PROBABILITY_METRICS:
        # Copying the probabilities of each resample would take most of the time.
        model, baseline = model.without_probabilities(), baseline.without_probabilities()
    for _ in range(max(MIN_RESAMPLES, min(MAX_RESAMPLES, MAX_DRAWN_ROWS // len(truth)))):
        rows = _draw_rows(generator, len(truth), block)
        with suppress(UndefinedMetricError):
            value, baseline_value = (
                metric_value(metric, target, truth[rows], predictions.take(rows)) for predictions in (model, baseline)
            )
            found.append(improvement(metric, value, baseline_value))
    return found


def _resampled_parts(
    metric: str, target: TargetSpec, truth: Array, model: TargetPredictions, baseline: TargetPredictions, seed: int
) -> list[float]:
    """The mean improvement of parts of consecutive rows, drawn as often as there are parts, for each resample.

    Each row is measured once, so that the time is linear in the rows. The parts are large, so that the mean of their
    metrics is close to the metric of all rows.
    """
    bounds = np.linspace(0, len(truth), PARTS + 1).astype(np.int64)
    of_parts = []
    for start, stop in pairwise(bounds.tolist()):
        rows = slice(start, stop)
        with suppress(UndefinedMetricError):
            value, baseline_value = (
                metric_value(metric, target, truth[rows], predictions.take(rows)) for predictions in (model, baseline)
            )
            of_parts.append(improvement(metric, value, baseline_value))
    if len(of_parts) < MIN_BLOCKS:
        return []
    drawn = np.random.default_rng(seed).integers(0, len(of_parts), (MAX_RESAMPLES, len(of_parts)))
    means: list[float] = np.array(of_parts)[drawn].mean(axis=1).tolist()
    return means


def _draw_rows(generator: np.random.Generator, rows: int, block: int) -> NDArray[np.int64]:
    """As many rows as there are, in random blocks. A block that reaches the end goes on at the start."""
    starts = generator.integers(0, rows, ceil(rows / block))
    return ((starts[:, None] + np.arange(block)).ravel()[:rows] % rows).astype(np.int64)
