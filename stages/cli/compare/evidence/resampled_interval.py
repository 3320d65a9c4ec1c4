"""The interval of an improvement over resamples of the measured rows, drawn as evaluate does for the best baseline."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from stages.cli.compare.comparison import BootstrapEvidence
from stages.cli.compare.evidence.measure_resamples import Draws, measure_resamples
from stages.cli.compare.evidence.predicted_rows import PredictedTarget
from stages.core.rounding import round_significant
from stages.evaluate.baselines.compare_with_baselines import COVERED, MAX_RESAMPLES, MIN_BLOCKS, MIN_RESAMPLES
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.target_metrics import HIGHER_IS_BETTER

# The same comparison gives the same interval each time.
SEED = 0
# Rows that are drawn in all resamples of a metric. Fewer than in evaluate, which does it for one metric: here, all
# metrics of a dataset can differ.
MAX_DRAWN_ROWS = 2_000_000
# Of more rows, every n-th one is drawn, so that time and memory are limited.
MAX_RESAMPLED_ROWS = 200_000


class NoEvidenceError(LookupError):
    """Why the rows cannot tell whether a metric differs by more than noise."""


def resample_improvements(
    metric: str, base: PredictedTarget, head: PredictedTarget, blocks: tuple[int, int], paired: bool
) -> BootstrapEvidence:
    """`paired` says that both have the same rows, which are then drawn together; else each side's on their own.

    Rows are drawn in blocks of consecutive rows; a block of 0 rows stands for rows that the model was trained on.
    Raises NoEvidenceError if no interval would say anything.
    """
    counts = (len(base.truth), len(head.truth))
    check_blocks(counts, blocks)
    step = ceil(max(counts) / MAX_RESAMPLED_ROWS)
    if step == 1:
        found = _improvements_of_resamples(metric, (base, head), blocks, paired)
        lowest, highest = np.quantile(found, COVERED).tolist()
        drawn = None
    else:
        thinned = [side.take(np.arange(0, count, step)) for side, count in zip((base, head), counts, strict=True)]
        found = _improvements_of_resamples(metric, thinned, (ceil(blocks[0] / step), ceil(blocks[1] / step)), paired)
        drawn = max(len(side.truth) for side in thinned)
        # The interval of fewer rows is wider by the root of how many fewer, and is around their improvement.
        scale = sqrt(drawn / max(counts))
        of_all, of_drawn = _improvement(metric, base, head), _improvement(metric, *thinned)
        lowest, highest = (of_all + scale * (np.quantile(found, COVERED) - of_drawn)).tolist()
    interval = round_significant(lowest), round_significant(highest)
    return BootstrapEvidence(paired=paired, interval=interval, resamples=len(found), rows=counts, drawn_rows=drawn)


def _improvements_of_resamples(
    metric: str, sides: Sequence[PredictedTarget], blocks: tuple[int, int], paired: bool
) -> NDArray[np.float64]:
    counts = (len(sides[0].truth), len(sides[1].truth))
    draws = draw_resamples(counts, blocks, paired)
    before, after = (measure_resamples(metric, side, of) for side, of in zip(sides, draws, strict=True))
    improvements = after - before if metric in HIGHER_IS_BETTER else before - after
    found = improvements[~np.isnan(improvements)]
    if len(found) * 2 < len(improvements):
        raise NoEvidenceError("most random selections of the rows do not define it")
    return found


def _improvement(metric: str, base: PredictedTarget, head: PredictedTarget) -> float:
    try:
        before, after = base.measure(metric), head.measure(metric)
    except UndefinedMetricError:
        raise NoEvidenceError("the rows that are drawn do not define it") from None
    return after - before if metric in HIGHER_IS_BETTER else before - after


def check_blocks(counts: tuple[int, int], blocks: tuple[int, int]) -> None:
    if 0 in blocks:
        raise NoEvidenceError("measured on rows that the model was trained on")
    for count, block in zip(counts, blocks, strict=True):
        if count // block < MIN_BLOCKS:
            rows = f"{count // block:,} blocks of {block:,} rows that overlap" if block > 1 else f"{count:,}"
            raise NoEvidenceError(f"too few rows for an interval: {rows}")


# The metrics of a dataset are measured on the same resamples.
@lru_cache(maxsize=1)
def draw_resamples(counts: tuple[int, int], blocks: tuple[int, int], paired: bool) -> tuple[Draws, Draws]:
    """Row numbers of base and of head, a line for each resample."""
    generator, drawn = np.random.default_rng(SEED), list[tuple[NDArray[np.int64], NDArray[np.int64]]]()
    for _ in range(max(MIN_RESAMPLES, min(MAX_RESAMPLES, MAX_DRAWN_ROWS // max(counts)))):
        of_base = draw_blocks(generator, counts[0], max(blocks) if paired else blocks[0])
        drawn.append((of_base, of_base if paired else draw_blocks(generator, counts[1], blocks[1])))
    base, head = (np.array(side) for side in zip(*drawn, strict=True))
    return base, head


def draw_blocks(generator: np.random.Generator, rows: int, block: int) -> NDArray[np.int64]:
    """As many rows as there are, in blocks of consecutive rows. A block that reaches the end goes on at the start."""
    starts = generator.integers(0, rows, ceil(rows / block))
    return ((starts[:, None] + np.arange(block)).ravel()[:rows] % rows).astype(np.int64)
