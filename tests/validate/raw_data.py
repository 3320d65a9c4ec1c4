"""Small raw data with a train and a test split."""

from typing import Any

import numpy as np

from stages.core.artefacts.raw.raw_data import Images, Tokens


def images(train: Any, test: Any, classes: int = 2) -> Images:
    """All images have the first class."""
    parts = {"train": np.asarray(train), "test": np.asarray(test)}
    labels = {split: np.zeros(len(part), np.int64) for split, part in parts.items()}
    return Images(parts, labels, ["dark", "bright"][:classes])


def tokens(train: list[list[int]], test: list[list[int]], **replaced: Any) -> Tokens:
    """Texts of word ids, all of the first class."""
    parts = {"train": train, "test": test}
    arrays = {
        "ids": {split: np.array([i for text in part for i in text], np.uint16) for split, part in parts.items()},
        "offsets": {split: np.cumsum([0, *map(len, part)]) for split, part in parts.items()},
        "labels": {split: np.zeros(len(part), np.uint8) for split, part in parts.items()},
    }
    return Tokens(**{**arrays, "classes": ["earn", "acq"], **replaced})
