"""The interval of an improvement over resamples of the measured rows, drawn as evaluate does for the best baseline."""

from contextlib import suppress
from math import ceil

import numpy as np
from numpy.typing import NDArray

from stages.cli.compare.comparison import BootstrapEvidence
from stages.cli.compare.evidence.predicted_rows import PredictedTarget
from stages.core.rounding import round_significant
from stages.evaluate.baselines.compare_with_baselines import COVERED, MAX_RESAMPLES, MIN_BLOCKS, MIN_RESAMPLES
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.target_metrics import improvement

# The same comparison gives the same interval each time.
SEED = 0
# Rows that are drawn in all resamples of a metric. Fewer than in evaluate, which does it for one metric: here, all
# metrics of a dataset can differ.
MAX_DRAWN_ROWS = 2_000_000


def resample_improvements(
    metric: str, base: PredictedTarget, head: PredictedTarget, blocks: tuple[int, int], paired: bool
) -> BootstrapEvidence | None:
    """`paired` says that both have the same rows, which are then drawn together; else each side's on their own.

    Rows are drawn in blocks of consecutive rows. None for too few blocks, or if a block has no rows.
    """
    sides, counts = (base, head), (len(base.truth), len(head.truth))
    if any(block == 0 or count // block < MIN_BLOCKS for count, block in zip(counts, blocks, strict=True)):
        return None
    generator, found = np.random.default_rng(SEED), []
    for _ in range(max(MIN_RESAMPLES, min(MAX_RESAMPLES, MAX_DRAWN_ROWS // max(counts)))):
        drawn = [draw_blocks(generator, counts[0], max(blocks) if paired else blocks[0])]
        drawn += drawn if paired else [draw_blocks(generator, counts[1], blocks[1])]
        with suppress(UndefinedMetricError):
            values = [side.take(rows).measure(metric) for side, rows in zip(sides, drawn, strict=True)]
            found.append(improvement(metric, values[1], values[0]))
    if not found:
        return None
    lowest, highest = np.quantile(found, COVERED).tolist()
    interval = round_significant(lowest), round_significant(highest)
    return BootstrapEvidence(paired=paired, interval=interval, resamples=len(found), rows=counts)


def draw_blocks(generator: np.random.Generator, rows: int, block: int) -> NDArray[np.int64]:
    """As many rows as there are, in blocks of consecutive rows. A block that reaches the end goes on at the start."""
    starts = generator.integers(0, rows, ceil(rows / block))
    return ((starts[:, None] + np.arange(block)).ravel()[:rows] % rows).astype(np.int64)
