"""Statistics of each image and of each text, which are checked as the columns of a table are."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import Images, Tokens
from stages.core.errors import UserError

IMAGE_STATISTICS = ["min", "max", "mean", "std"]
TEXT_STATISTICS = ["length", "smallest", "largest", "distinct"]
PIXELS_PER_BLOCK = 1 << 22


def image_statistics(images: Images) -> pd.DataFrame:
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
        block = slice(start, start + images_per_block)
        pixels = np.asarray(images[block], np.float64).reshape(-1, pixels_per_image)
        columns = (pixels.min(axis=1), pixels.max(axis=1), pixels.mean(axis=1), pixels.std(axis=1))
        statistics[block] = np.stack(columns, axis=1)
    return statistics


def text_statistics(tokens: Tokens) -> pd.DataFrame:
    for split, ids in tokens.ids.items():
        offsets = tokens.offsets[split]
        if offsets[0] != 0 or offsets[-1] != len(ids) or np.any(np.diff(offsets) < 0):
            raise UserError(f"split {split}: the offsets of the texts do not match the {len(ids)} ids")
    statistics = [id_statistics(text) for split in tokens.ids for text in tokens.texts(split)]
    return pd.DataFrame(np.array(statistics, np.float64).reshape(-1, len(TEXT_STATISTICS)), columns=TEXT_STATISTICS)


def id_statistics(text: NDArray[np.generic]) -> tuple[float, float, float, float]:
    """The number of words, the smallest and the largest id, and the number of distinct ids.

    An empty text has no smallest and no largest id.

    >>> id_statistics(np.array([1, 9, 4, 9])), id_statistics(np.array([]))
    ((4.0, 1.0, 9.0, 3.0), (0.0, nan, nan, 0.0))
    """
    if not len(text):
        return 0.0, np.nan, np.nan, 0.0
    distinct = np.unique(np.asarray(text))
    return float(len(text)), float(distinct[0]), float(distinct[-1]), float(len(distinct))
