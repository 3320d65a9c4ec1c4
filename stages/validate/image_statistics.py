"""Statistics of the pixels of each image, so that images can be checked without a column for each pixel."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import Images

IMAGE_STATISTICS = ["min", "max", "mean", "std"]
PIXELS_PER_BLOCK = 1 << 22


def image_statistics(images: Images) -> pd.DataFrame:
    """One row for each image of all splits."""
    statistics = np.concatenate([pixel_statistics(part) for part in images.images.values()])
    return pd.DataFrame(statistics, columns=IMAGE_STATISTICS)


def pixel_statistics(images: NDArray[Any]) -> NDArray[np.float64]:
    """Minimum, maximum, mean and standard deviation of each image.

    Computed in blocks, because the pixels are converted to float64.

    >>> pixel_statistics(np.array([[[0, 2], [4, 6]]], np.uint8)).round(3).tolist()
    [[0.0, 6.0, 3.0, 2.236]]
    """
    statistics = np.empty((len(images), len(IMAGE_STATISTICS)))
    pixels_per_image = int(np.prod(images.shape[1:]))
    images_per_block = max(1, PIXELS_PER_BLOCK // pixels_per_image)
    for start in range(0, len(images), images_per_block):
        block = images[start : start + images_per_block]
        pixels = np.asarray(block, np.float64).reshape(len(block), pixels_per_image)
        columns = (pixels.min(axis=1), pixels.max(axis=1), pixels.mean(axis=1), pixels.std(axis=1))
        statistics[start : start + len(block)] = np.stack(columns, axis=1)
    return statistics
