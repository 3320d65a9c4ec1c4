import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import ColumnPictures, Images, Table, Tokens
from stages.notebook.values.raw_values import RawImages, RawTexts, raw_frame, raw_pictures, raw_values

SPLITS = {"train": pd.DataFrame({"a": [1, 2]}), "test": pd.DataFrame({"a": [3]})}
PIXELS = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)


def test_rows_are_numbered_through_all_splits() -> None:
    frame = raw_frame(Table(SPLITS))
    assert frame.index.tolist() == [0, 1, 2]
    assert frame.index.name == "row"
    assert frame["split"].tolist() == ["train", "train", "test"]
    assert frame["a"].tolist() == [1, 2, 3]
    assert list(SPLITS["train"].columns) == ["a"]


def test_a_column_of_the_data_keeps_its_name() -> None:
    frame = raw_frame(Table({"all": pd.DataFrame({"split": ["x"]})}))
    assert frame.columns.tolist() == ["source_split", "split"]
    assert frame["split"].tolist() == ["x"]


def test_columns_of_the_data_with_both_names() -> None:
    frame = raw_frame(Table({"all": pd.DataFrame({"split": ["x"], "source_split": ["y"]})}))
    assert frame.columns.tolist() == ["source_source_split", "split", "source_split"]


def test_an_image_and_its_class_are_found_by_the_raw_row() -> None:
    found = raw_values(
        Images(
            {"train": PIXELS[:1], "test": PIXELS[1:]}, {"train": np.array([1]), "test": np.array([0])}, ["no", "yes"]
        )
    )
    assert isinstance(found, RawImages)
    assert found.image(1).tolist() == [[4, 5], [6, 7]]
    assert [found.label(row) for row in (0, 1)] == ["yes", "no"]
    assert repr(found) == "<images of 2 classes: train 1, test 1>"
    for row in (-1, 2):
        with pytest.raises(IndexError):
            found.image(row)


@pytest.mark.parametrize(
    ("words", "texts"), [(["", "wheat", "rose"], ["rose wheat", "0"]), (None, ["2 1", "0"]), ([], ["2 1", "0"])]
)
def test_a_text_is_found_by_the_raw_row(words: list[str] | None, texts: list[str]) -> None:
    found = raw_values(
        Tokens(
            {"train": np.array([2, 1]), "test": np.array([0])},
            {"train": np.array([0, 2]), "test": np.array([0, 1])},
            {"train": np.array([0]), "test": np.array([1])},
            ["no", "yes"],
            words,
        )
    )
    assert isinstance(found, RawTexts)
    assert [found.text(row) for row in (0, 1)] == texts
    assert found.word_numbers(0).tolist() == [2, 1]
    assert found.label(1) == "yes"


def test_pictures_of_a_column_are_found_by_the_raw_row() -> None:
    numbers = {"train": np.array([1, -1], np.int32), "test": np.array([0], np.int32)}
    table = Table(SPLITS, pictures={"photo": ColumnPictures(PIXELS[..., None], numbers)})
    photos = raw_pictures(table)["photo"]
    first, last = photos.image(0), photos.image(2)
    assert first is not None
    assert last is not None
    assert first[..., 0].tolist() == [[4, 5], [6, 7]]
    assert last[..., 0].tolist() == [[0, 1], [2, 3]]
    assert photos.image(1) is None
    assert raw_pictures(Images({}, {}, [])) == {}
