from typing import Literal

import numpy as np
import pytest

from stages.core.columns.column_params import PictureParams
from stages.core.columns.pictures.picture_pixels import PicturePixels, PictureValues
from stages.core.columns.scaling_params import Divide, Scaler
from stages.core.errors import UserError

PIXELS = np.array([[[[0], [51]]], [[[102], [255]]]], np.uint8)


def picture(missing: Literal["refuse", "blank"] = "refuse") -> PicturePixels:
    return PicturePixels(columns=["photo"], params=PictureParams(kind="picture", missing=missing))


def values(*numbers: int) -> PictureValues:
    return PictureValues(PIXELS, np.array(numbers, np.int32))


def test_pictures_are_stored_as_bytes_and_scaled_in_batches() -> None:
    stored = picture().transform(values(1, 0, 1))
    assert len(stored.values) == 2
    np.testing.assert_array_equal(stored.to_array(), PIXELS[[1, 0, 1]], strict=True)
    batch = picture().to_batch(stored)
    assert batch.dtype == np.float32
    assert batch[:2].ravel().tolist() == pytest.approx([0.4, 1, 0, 0.2])


def test_a_gap_is_a_black_picture() -> None:
    column = picture("blank")
    column.check(values(-1, 1))
    assert column.transform(values(-1, 1)).to_array().ravel().tolist() == [0, 0, 102, 255]


def test_only_the_pictures_of_the_rows_are_stored() -> None:
    stored = picture().transform(values(1, 1, 1))
    assert stored.values.ravel().tolist() == [102, 255]
    assert stored.numbers.tolist() == [0, 0, 0]


def test_a_gap_is_refused_by_default() -> None:
    with pytest.raises(UserError) as caught:
        picture().check(values(0, -1, -1))
    assert str(caught.value) == (
        "column photo: no picture in 2 of 3 rows: 1, 2; set preprocess.columns.photo.missing to blank, or write "
        "`photo: ignore`"
    )


def test_training_rows_without_any_picture_are_refused() -> None:
    with pytest.raises(UserError, match="no training row has a picture"):
        picture("blank").fit(values(-1, -1))


def test_steps_of_the_numbers_do_not_scale_pictures() -> None:
    fitted = picture().fit(values(0, 1), [Divide(step="divide", by=10), Scaler(step="standard")])
    assert fitted == picture()
