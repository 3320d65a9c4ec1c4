"""A few figures per picture: what can be expected of images without a column for every pixel."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import Images, split_sizes
from stages.core.errors import UserError
from stages.validate.all_rows import Rows

LABEL = "label"
FIGURES = ("min", "max", "mean", "std")
COLUMNS = [LABEL, *FIGURES]
CHUNK = 1 << 22


def image_rows(images: Images) -> Rows:
    """One row a picture: its class number, and the least, greatest and mean pixel and their deviation."""
    sizes = split_sizes(images)
    for split, size in sizes.items():
        if len(images.labels[split]) != size:
            raise UserError(
                f"split {split} has {size} images and {len(images.labels[split])} labels; it needs one each"
            )
    labels = np.concatenate([np.asarray(images.labels[split]) for split in sizes])
    figures = np.concatenate([profile(images.images[split]) for split in sizes])
    frame = pd.DataFrame(figures, columns=list(FIGURES))
    frame.insert(0, LABEL, labels)
    return Rows(frame, sizes)


def profile(pictures: NDArray[Any]) -> NDArray[np.float64]:
    """Four figures a picture, in float64; only a few pictures at a time are spread out as such.

    >>> profile(np.array([[[0, 2], [4, 6]]], np.uint8)).round(3).tolist()
    [[0.0, 6.0, 3.0, 2.236]]
    """
    figures = np.empty((len(pictures), len(FIGURES)))
    for start, pixels in _chunks(pictures):
        columns = (pixels.min(axis=1), pixels.max(axis=1), pixels.mean(axis=1), pixels.std(axis=1))
        figures[start : start + len(pixels)] = np.stack(columns, axis=1)
    return figures


def _chunks(pictures: NDArray[Any]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    pixels = int(np.prod(pictures.shape[1:]))
    step = max(1, CHUNK // pixels)
    for start in range(0, len(pictures), step):
        part = pictures[start : start + step]
        yield start, np.asarray(part, np.float64).reshape(len(part), pixels)
