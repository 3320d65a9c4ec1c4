"""The model that a new dataset of pictures begins with, by their number and size."""

from dataclasses import dataclass
from math import log2
from typing import Any

FILTERS = (32, 64, 128, 128)
# The side of the pictures after the last block.
LAST_SIDE = 4
# Batches until the moving averages of batch normalization are near those of the data: 0.99 ** 400 is 0.02.
MIN_BATCHES = 400


@dataclass(frozen=True)
class DefaultTraining:
    """For datasets with fewer than `below` pictures. Few pictures are shifted and turned, so that there are more."""

    below: float
    units: int
    augmented: bool
    batch: int
    epochs: int
    patience: int


DEFAULT_TRAININGS = (
    DefaultTraining(2_000, 64, True, 16, 60, 12),
    DefaultTraining(20_000, 128, True, 64, 30, 6),
    DefaultTraining(float("inf"), 128, False, 128, 12, 3),
)


def default_training(pictures: int) -> DefaultTraining:
    return next(training for training in DEFAULT_TRAININGS if pictures < training.below)


def default_cnn(height: int, width: int, pictures: int) -> dict[str, Any]:
    """The entries of `train.model`.

    Batch normalization averages over some hundred batches; until then, validation is poor. It is left out where
    `patience` would end the training before.

    >>> default_cnn(28, 28, 60_000)
    {'kind': 'cnn', 'filters': [32, 64], 'batch_norm': True, 'units': [128], 'dropout': 0.3}
    >>> default_cnn(64, 48, 100)
    {'kind': 'cnn', 'filters': [32, 64, 128], 'units': [64], 'dropout': 0.3, 'augment': {'shift': 0.1, 'rotate': 0.03}}
    """
    training = default_training(pictures)
    blocks = min(len(FILTERS), max(1, int(log2(min(height, width) / LAST_SIDE))))
    model: dict[str, Any] = {"kind": "cnn", "filters": list(FILTERS[:blocks])}
    if training.patience * pictures / training.batch >= MIN_BATCHES:
        model["batch_norm"] = True
    model |= {"units": [training.units], "dropout": 0.3}
    return model | ({"augment": {"shift": 0.1, "rotate": 0.03}} if training.augmented else {})
