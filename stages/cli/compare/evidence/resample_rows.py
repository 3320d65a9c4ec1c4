"""The interval of an improvement over resamples of the measured rows."""

from contextlib import suppress
from math import ceil

import numpy as np
from numpy.typing import NDArray

from stages.cli.compare.comparison import BootstrapEvidence
from stages.cli.compare.evidence.predicted_rows import PredictedTarget
from stages.core.rounding import round_significant
from stages.evaluate.baselines.compare_with_baselines import (
    COVERED,
    MAX_DRAWN_ROWS,
    MAX_RESAMPLES,
    MIN_BLOCKS,
    MIN_RESAMPLES,
    resampled_improvements,
)
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.target_metrics import improvement, metric_value

# The same comparison gives the same interval each time.
SEED = 0


def resample_same_rows(
    metric: str, base: PredictedTarget, head: PredictedTarget, block: int
) -> BootstrapEvidence | None:
    """The paired bootstrap of evaluate: both are measured on the same resampled rows. None for too few rows."""
    improvements = resampled_improvements(
        metric, base.spec, base.truth, head.predictions, base.predictions, block, SEED
    )
    return _evidence(improvements, paired=True, rows=(len(base.truth), len(head.truth)))


def resample_different_rows(
    metric: str, base: PredictedTarget, head: PredictedTarget, blocks: tuple[int, int]
) -> BootstrapEvidence | None:
    """The rows of each side are drawn on their own. None for too few rows."""
    sides, rows = (base, head), (len(base.truth), len(head.truth))
    if any(block == 0 or count // block < MIN_BLOCKS for count, block in zip(rows, blocks, strict=True)):
        return None
    generator, found = np.random.default_rng(SEED), []
    for _ in range(max(MIN_RESAMPLES, min(MAX_RESAMPLES, MAX_DRAWN_ROWS // sum(rows)))):
        drawn = [
            side.take(draw_blocks(generator, count, block))
            for side, count, block in zip(sides, rows, blocks, strict=True)
        ]
        with suppress(UndefinedMetricError):
            base_value, head_value = (metric_value(metric, d.spec, d.truth, d.predictions) for d in drawn)
            found.append(improvement(metric, head_value, base_value))
    return _evidence(found, paired=False, rows=rows)


def draw_blocks(generator: np.random.Generator, rows: int, block: int) -> NDArray[np.int64]:
    """As many rows as there are, in blocks of consecutive rows. A block that reaches the end goes on at the start."""
    starts = generator.integers(0, rows, ceil(rows / block))
    return ((starts[:, None] + np.arange(block)).ravel()[:rows] % rows).astype(np.int64)


def _evidence(improvements: list[float], paired: bool, rows: tuple[int, int]) -> BootstrapEvidence | None:
    if not improvements:
        return None
    lowest, highest = np.quantile(improvements, COVERED).tolist()
    return BootstrapEvidence(
        paired=paired,
        interval=(round_significant(lowest), round_significant(highest)),
        resamples=len(improvements),
        rows=rows,
    )
