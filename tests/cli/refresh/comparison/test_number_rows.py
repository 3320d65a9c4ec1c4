"""Rows with equal content have the same number."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from stages.cli.refresh.comparison.number_rows import number_rows
from stages.core.artefacts.raw.raw_data import ColumnPictures, Table
from stages.core.pictures.no_picture import NO_PICTURE

BLACK, WHITE = np.zeros((2, 2, 1), np.uint8), np.full((2, 2, 1), 255, np.uint8)


def table(paths: list[str | None], pixels: list[np.ndarray], numbers: list[int]) -> Table:
    pictures = ColumnPictures(np.stack(pixels), {"all": np.array(numbers, np.int32)})
    frame = pd.DataFrame({"photo": paths, "price": [1] * len(paths)})
    return Table({"all": frame}, pictures={"photo": pictures})


OLD = table(["a.png", "b.png", None], [BLACK, WHITE], [0, 1, NO_PICTURE])


@pytest.mark.parametrize(
    ("new", "same"),
    [
        (OLD, [True, True, True]),
        (table(["a.png", "b.png", None], [WHITE, BLACK], [1, 0, NO_PICTURE]), [True, True, True]),
        (table(["a.png", "b.png", None], [WHITE], [0, 0, NO_PICTURE]), [False, True, True]),
        (table(["c.png", "b.png", None], [BLACK, WHITE], [0, 1, NO_PICTURE]), [False, True, True]),
        (replace(OLD, pictures={}), [True, True, True]),
    ],
    ids=["same", "in another order", "another picture", "another path", "no longer pictures"],
)
def test_rows_with_pictures_are_equal_in_path_and_pixels(new: Table, same: list[bool]) -> None:
    numbers = number_rows(OLD, new)
    assert (numbers.old == numbers.new).tolist() == same
