"""A table with a column of pictures beside numbers and categories."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import ColumnPictures, Table
from stages.core.pictures.no_picture import NO_PICTURE

PICTURES = 6
HEIGHT, WIDTH = 8, 10


def table_with_pictures(rows: int = 40, gaps: Sequence[int] = (), private: Sequence[str] = ()) -> Table:
    """Row n has picture n % 6, whose pixels are about 40 times its number; `gaps` are rows without a picture.

    The price is the mean of the pixels plus the size.
    """
    random = np.random.default_rng(3)
    noise = random.integers(0, 20, (PICTURES, HEIGHT, WIDTH, 3))
    pixels = (40 * np.arange(PICTURES)[:, None, None, None] + noise).astype(np.uint8)
    numbers = (np.arange(rows) % PICTURES).astype(np.int32)
    numbers[[*gaps]] = NO_PICTURE
    paths = [None if number == NO_PICTURE else f"photos/{number}.png" for number in numbers.tolist()]
    size = random.normal(5, 2, rows)
    means = np.where(numbers == NO_PICTURE, 0, pixels.mean(axis=(1, 2, 3))[numbers])
    frame = pd.DataFrame(
        {
            "size": size,
            "colour": np.array(["red", "green", "blue"])[np.arange(rows) % 3],
            "photo": pd.Series(paths, dtype="str"),
            "price": means + size,
        }
    )
    pictures = {"photo": ColumnPictures(pixels, {"all": numbers})}
    return Table({"all": frame}, private=[*private], pictures=pictures)
