"""Columns of pictures among the inputs of a table."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.core.artefacts.example_pictures import HEIGHT, WIDTH, table_with_pictures

BLANK = {"photo": {"kind": "picture", "missing": "blank"}}


def processed(raw: Table, **params: Any) -> ProcessedData:
    settings = {"targets": "price", "split": {"test": 0.2, "order": "chronological"}} | params
    return preprocess(raw, type_adapter(Preprocess).validate_python(settings))


def pixels(data: ProcessedData, split: str) -> NDArray[np.uint8]:
    stored = data.splits[split].inputs["photo"]
    assert isinstance(stored, SharedRows)
    return stored.to_array()


def error(raw: Table, **params: Any) -> str:
    with pytest.raises(UserError) as caught:
        processed(raw, **params)
    return str(caught.value)


def test_pictures_are_an_input_of_their_own_beside_the_numbers() -> None:
    raw = table_with_pictures()
    data = processed(raw)
    assert list(data.fitted.inputs) == ["x", "photo"]
    photo = data.fitted.inputs["photo"]
    assert isinstance(photo.column, PicturePixels)
    assert photo.shape == [HEIGHT, WIDTH, 3]
    assert isinstance(data.fitted.inputs["x"].column, FeatureMatrix)
    stored = pixels(data, "test")
    pictures = raw.pictures["photo"]
    np.testing.assert_array_equal(stored, pictures.pixels[pictures.numbers["all"][32:]], strict=True)
    np.testing.assert_allclose(data.inputs("test")["photo"], stored / 255, rtol=1e-6)


def test_scaling_steps_are_for_the_numbers() -> None:
    data = processed(table_with_pictures(), steps=[{"step": "standard"}, {"step": "drop_outliers", "above": 9}])
    assert data.inputs("train")["photo"].max() == pytest.approx(219 / 255)
    assert data.inputs("train")["x"][:, 0].mean() == pytest.approx(0, abs=1e-6)


def test_rows_keep_their_pictures_when_they_are_shuffled() -> None:
    raw = table_with_pictures()
    data = processed(raw, split={"test": 0.2, "order": "shuffled"}, steps=[{"step": "drop_outliers", "above": 1.5}])
    pictures = raw.pictures["photo"]
    assert data.fitted.dropped_outliers > 0
    for name, split in data.splits.items():
        expected = pictures.pixels[pictures.numbers["all"][np.asarray(split.rows)]]
        np.testing.assert_array_equal(pixels(data, name), expected)


def test_rows_of_several_raw_splits_have_their_own_pictures() -> None:
    whole = table_with_pictures()
    frame, pictures = whole.frames["all"], whole.pictures["photo"]
    numbers = {"train": pictures.numbers["all"][:30], "test": pictures.numbers["all"][30:]}
    raw = replace(
        whole,
        frames={"train": frame.iloc[:30], "test": frame.iloc[30:].reset_index(drop=True)},
        pictures={"photo": replace(pictures, numbers=numbers)},
    )
    stored = pixels(processed(raw, split={"test": "given"}), "test")
    np.testing.assert_array_equal(stored, pictures.pixels[pictures.numbers["all"][30:]])


def test_gaps_are_refused_unless_they_are_blank() -> None:
    raw = table_with_pictures(gaps=[1, 39])
    assert "column photo: no picture in 2 of 40 rows: 1, 39" in error(raw)
    assert processed(raw, columns=BLANK).inputs("test")["photo"][-1].max() == 0


def test_equal_rows_of_two_splits_are_counted_only_if_their_pictures_are_equal() -> None:
    raw = table_with_pictures()
    frame = raw.frames["all"].assign(size=1.0, colour="red", price=np.arange(40.0))
    assert processed(replace(raw, frames={"all": frame})).fitted.seen_in_training == {"test": 8}
    pictures = raw.pictures["photo"]
    numbers = np.array([0] * 32 + [1] * 8, np.int32)
    other = replace(raw, frames={"all": frame}, pictures={"photo": replace(pictures, numbers={"all": numbers})})
    assert processed(other).fitted.seen_in_training == {"test": 0}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"columns": {"photo": "category"}}, "preprocess.columns.photo: kind category, but download.pictures reads"),
        ({"columns": {"colour": "picture"}}, "preprocess.columns.colour: kind picture, but download.pictures has no"),
        ({"targets": "photo"}, "preprocess.targets: photo holds pictures, which can be inputs only"),
    ],
)
def test_only_the_columns_of_pictures_are_pictures(params: dict[str, Any], message: str) -> None:
    assert message in error(table_with_pictures(), **params)


def test_a_picture_can_be_ignored() -> None:
    assert list(processed(table_with_pictures(), columns={"photo": "ignore"}).fitted.inputs) == ["x"]


def test_no_window_is_cut_from_pictures() -> None:
    series = replace(table_with_pictures(), kind="series")
    message = error(series, window={"length": 2}, columns={"colour": {"kind": "category", "encoding": "one_hot"}})
    assert "column photo holds pictures" in message


def test_the_same_rows_are_the_same_bits_wherever_the_pictures_are_in_the_file() -> None:
    """The positions of the pictures say nothing."""
    raw = table_with_pictures()
    pictures = raw.pictures["photo"]
    turned = replace(pictures, pixels=pictures.pixels[::-1], numbers={"all": 5 - pictures.numbers["all"]})
    first, second = processed(raw), processed(replace(raw, pictures={"photo": turned}))
    assert first.fitted == second.fitted
    for split in first.splits:
        assert (first.inputs(split)["photo"] == second.inputs(split)["photo"]).all()


def test_rows_of_one_path_can_be_kept_in_one_split() -> None:
    split = {"order": "hash", "key": "photo", "test": 0.4}
    data = processed(table_with_pictures(), inputs=["photo", "size"], split=split)
    assert "photo" in data.fitted.inputs
    pictures = {name: {p.tobytes() for p in pixels(data, name)} for name in data.splits}
    assert pictures["test"]
    assert pictures["train"].isdisjoint(pictures["test"])
