from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.image_pixels import ImagePixels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.token_ids import TokenIds
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.read_columns import RawColumns, read_columns

FRAME = pd.DataFrame({"open": [1.0, 2.0, 3.0], "close": [1.5, 2.5, 3.5], "mood": ["good", "bad", "good"]})
NUMBERS = FRAME[["open", "close"]]
IMAGES = Images({"all": np.zeros((2, 4, 4), np.uint8)}, {"all": np.array([1, 0], np.uint8)}, ["dark", "bright"])
TEXTS = Tokens(
    ids={"train": np.array([3, 9, 3, 1], np.uint8), "test": np.array([4], np.uint8)},
    offsets={"train": np.array([0, 3, 3, 4]), "test": np.array([0, 1])},
    labels={"train": np.array([1, 0, 1], np.uint8), "test": np.array([0], np.uint8)},
    classes=["sport", "trade"],
)
WORDS = {"words": {"vocabulary_size": 5, "unknown_id": 2}}


def read(raw: RawData, **params: Any) -> RawColumns:
    return read_columns(raw, Preprocess.model_validate({"split": {}} | params))


def read_mood(frame: pd.DataFrame = FRAME, classes: dict[str, list[str]] | None = None, **params: Any) -> RawColumns:
    table = Table({"all": frame}, classes=classes or {})
    return read(table, **({"inputs": ["open"], "targets": "mood", "labels": "integer"} | params))


def error(raw: RawData, **params: Any) -> str:
    with pytest.raises(UserError) as caught:
        read(raw, **params)
    return str(caught.value)


def test_numbers_of_several_inputs_and_targets() -> None:
    columns = read(
        Table({"all": FRAME.assign(next=[7, 8, 9])}),
        inputs={"left": ["close", "open"], "right": ["open"]},
        targets={"price": "next", "mood": "mood"},
        labels={"mood": "integer"},
    )
    assert columns.inputs["left"].values.tolist() == [[1.5, 1.0], [2.5, 2.0], [3.5, 3.0]]
    assert columns.inputs["right"].values.tolist() == [[1.0], [2.0], [3.0]]
    assert columns.targets["price"].column == NumberColumns(columns=["next"])
    assert columns.targets["price"].values.tolist() == [[7.0], [8.0], [9.0]]
    assert columns.targets["mood"].values.tolist() == [1, 0, 1]


def test_raw_splits_are_concatenated_in_their_order() -> None:
    columns = read(Table({"test": NUMBERS[2:], "train": NUMBERS[:2]}), targets="close")
    assert columns.inputs["x"].values.ravel().tolist() == [3.0, 1.0, 2.0]


def test_classes_are_those_of_the_raw_data() -> None:
    columns = read_mood(classes={"mood": ["good", "bad", "mixed"]}, labels="one_hot")
    assert columns.targets["mood"].column == ClassLabels(
        columns=["mood"], classes=["good", "bad", "mixed"], encoding="one_hot"
    )
    assert columns.targets["mood"].values.tolist() == [0, 1, 0]


def test_without_classes_in_the_raw_data_they_are_the_labels() -> None:
    assert read_mood().targets["mood"].column == ClassLabels(
        columns=["mood"], classes=["bad", "good"], encoding="integer"
    )


@pytest.mark.parametrize(
    ("changed", "facts"),
    [
        ({"classes": {"mood": ["good"]}}, ("mood: not among the classes good: 'bad' in row 1",)),
        ({"frame": FRAME.assign(mood=["good", None, "bad"])}, ("column mood: no label in rows 1;",)),
        ({"targets": ["mood", "close"]}, ("preprocess.labels: target y must be one column", "open, close, mood")),
        ({"labels": None}, ("column mood holds str, not numbers", "preprocess.labels")),
    ],
)
def test_labels_that_cannot_be_read(changed: dict[str, Any], facts: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as caught:
        read_mood(**changed)
    assert all(fact in str(caught.value) for fact in facts)


def test_images() -> None:
    columns = read(IMAGES, labels="one_hot")
    image, label = columns.inputs["image"], columns.targets["label"]
    assert image.column == ImagePixels(columns=["image"])
    assert image.values.shape == (2, 4, 4, 1)
    assert image.values[1:].dtype == np.uint8
    assert label.column == ClassLabels(columns=["label"], classes=["dark", "bright"], encoding="one_hot")
    assert label.values.tolist() == [1, 0]


def test_colour_images_keep_their_channels() -> None:
    colour = Images({"all": np.zeros((2, 4, 4, 3), np.uint8)}, IMAGES.labels, IMAGES.classes)
    assert read(colour, labels="integer").inputs["image"].values.shape == (2, 4, 4, 3)


def test_texts() -> None:
    columns = read(TEXTS, labels="one_hot", **WORDS)
    text, label = columns.inputs["text"], columns.targets["label"]
    assert text.column == TokenIds(columns=["text"], vocabulary_size=5, unknown_id=2)
    assert isinstance(text.values, RaggedRows)
    assert [row.tolist() for row in text.values] == [[3, 9, 3], [], [1], [4]]
    assert label.values.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("raw", "params", "facts"),
    [
        (IMAGES, {}, ("preprocess.labels: missing", "one_hot or integer")),
        (IMAGES, {"labels": "one_hot", "targets": "label"}, ("preprocess: ", "leave inputs and targets out")),
        (TEXTS, WORDS, ("preprocess.labels: missing", "one_hot or integer")),
        (TEXTS, WORDS | {"labels": "one_hot", "inputs": ["text"]}, ("preprocess: ", "leave inputs and targets out")),
        (TEXTS, {"labels": "one_hot"}, ("preprocess.words: missing", "`words: {vocabulary_size: 10000}`")),
        (TEXTS, WORDS | {"steps": [{"step": "divide", "by": 2}]}, ("preprocess: texts take neither steps",)),
        (
            TEXTS,
            WORDS | {"window": {"length": 2}, "split": {"order": "test_first"}},
            ("preprocess: texts take neither steps nor a window",),
        ),
        (IMAGES, WORDS | {"labels": "one_hot"}, ("preprocess.words: for texts only",)),
        (Table({"all": NUMBERS}), WORDS | {"targets": "close"}, ("preprocess.words: for texts only",)),
    ],
)
def test_parameters_that_do_not_fit_the_kind_of_data(
    raw: RawData, params: dict[str, Any], facts: tuple[str, ...]
) -> None:
    text = error(raw, **params)
    assert all(fact in text for fact in facts)


def test_a_label_number_without_a_class() -> None:
    wrong = Images(IMAGES.images, {"all": np.array([0, 2])}, IMAGES.classes)
    assert error(wrong, labels="integer") == "label: 0 to 2, but there are 2 classes"
    labels = {"train": np.array([1, 0, 2]), "test": np.array([0])}
    assert error(Tokens(TEXTS.ids, TEXTS.offsets, labels, TEXTS.classes), labels="integer", **WORDS) == (
        "label: 0 to 2, but there are 2 classes"
    )
