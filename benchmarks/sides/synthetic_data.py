"""Data with the shapes of the real data, from a fixed seed, as a loader returns it: not preprocessed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 0
VOCABULARY = 10_000
TOPICS = 46
# The points of conf/dataset/line.yaml.
POINTS_X = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
POINTS_Y = [10.0, 20.0, 25.0, 30.0, 40.0, 45.0, 40.0, 50.0, 60.0, 55.0]
PRICE_COLUMNS = ["open", "high", "low", "close", "volume"]
TOWNS = [f"town {number:03}" for number in range(500)]
CLOSE = PRICE_COLUMNS.index("close")
WINDOW = 20  # days

Array = NDArray[Any]


def images(rows: int) -> tuple[Array, Array]:
    """Return 28 x 28 pixels as bytes, and one of ten classes for each image."""
    random = np.random.default_rng(SEED)
    return random.integers(0, 256, (rows, 28, 28), np.uint8), _labels(rows, 10)


def flowers(rows: int) -> tuple[Array, Array]:
    """Return four measures in centimetres, and one of three species for each flower."""
    species = _labels(rows, 3)
    return np.random.default_rng(SEED).normal(5.0, 1.0, (rows, 4)) + species[:, None], species


def reuters(rows: int) -> tuple[Array, Array, Array]:
    """Return the word numbers of all texts, the offsets of the texts, and a topic for each; few words are frequent."""
    random = np.random.default_rng(SEED)
    lengths = np.clip(random.lognormal(4.65, 0.8, rows), 13, 2376).astype(np.int64)
    ids = 3 + (3 * VOCABULARY) ** random.random(int(lengths.sum()))
    return ids.astype(np.int32), np.concatenate([[0], np.cumsum(lengths)]), _labels(rows, TOPICS)


def reuters_test_rows(training_rows: int) -> int:
    """A fifth of all newswires are test rows, as published."""
    return training_rows // 4


def prices(rows: int) -> Array:
    """Five random walks."""
    return 500.0 + np.random.default_rng(SEED).normal(size=(rows, len(PRICE_COLUMNS))).cumsum(axis=0)


def towns(rows: int) -> tuple[Array, Array]:
    """Return the name of a town and a value for each row. Every town occurs, if there are enough rows."""
    numbers = _labels(rows, len(TOWNS))
    return np.array(TOWNS, object)[numbers], numbers + np.random.default_rng(SEED).normal(size=rows)


def series(points: int) -> Array:
    return np.random.default_rng(SEED).normal(size=points)


def _labels(rows: int, classes: int) -> Array:
    """Every class occurs, if there are enough rows."""
    return np.random.default_rng(SEED).permutation(np.arange(rows) % classes)
