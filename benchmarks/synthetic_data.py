"""Data of the real shapes from a fixed seed: what a loader would give, before anyone prepared it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 0
WORDS = 10_000
TOPICS = 46
POINTS_X = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
POINTS_Y = [14.0, 17.0, 30.0, 27.0, 41.0, 38.0, 53.0, 56.0, 57.0, 70.0]
PRICES = ["open", "high", "low", "close", "volume"]
CLOSE = PRICES.index("close")
STEPS = 20  # days in a window of prices

Array = NDArray[Any]


def pictures(rows: int) -> tuple[Array, Array]:
    """Bytes of 28 x 28 pixels, and which of ten classes."""
    random = np.random.default_rng(SEED)
    return random.integers(0, 256, (rows, 28, 28), np.uint8), _labels(rows, 10)


def flowers(rows: int) -> tuple[Array, Array]:
    """Four measures in centimetres, and which of three species."""
    species = _labels(rows, 3)
    return np.random.default_rng(SEED).normal(5.0, 1.0, (rows, 4)) + species[:, None], species


def newswires(rows: int) -> tuple[Array, Array, Array]:
    """Word numbers one text after another, where each text begins, and its topic; few words are frequent."""
    random = np.random.default_rng(SEED)
    lengths = np.clip(random.lognormal(4.65, 0.8, rows), 13, 2376).astype(np.int64)
    ids = 3 + (3 * WORDS) ** random.random(int(lengths.sum()))
    return ids.astype(np.int32), np.concatenate([[0], np.cumsum(lengths)]), _labels(rows, TOPICS)


def tested(training: int) -> int:
    """A fifth of all newswires, as published."""
    return training // 4


def prices(rows: int) -> Array:
    """Five columns that wander."""
    return 500.0 + np.random.default_rng(SEED).normal(size=(rows, len(PRICES))).cumsum(axis=0)


def series(points: int) -> Array:
    return np.random.default_rng(SEED).normal(size=points)


def _labels(rows: int, classes: int) -> Array:
    """Every class occurs."""
    return np.random.default_rng(SEED).permutation(np.arange(rows) % classes)
