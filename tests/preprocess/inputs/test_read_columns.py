from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens, split_sizes
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.errors import UserError
from stages.preprocess.inputs.numeric_values import numeric_values
from stages.preprocess.inputs.raw_columns import RawColumns
from stages.preprocess.inputs.read_columns import read_inputs, read_targets
from stages.preprocess.params import Preprocess

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
    validated = Preprocess.model_validate({"split": {}} | params)
    targets = read_targets(raw, validated)
    return RawColumns(read_inputs(raw, validated, range(sum(split_sizes(raw).values()))), targets)


def read_mood(frame: pd.DataFrame = FRAME, classes: dict[str, list[str]] | None = None, **params: Any) -> RawColumns:
    table = Table({"all": frame}, classes=classes or {})
    return read(table, **({"inputs": ["open"], "targets": "mood", "labels": "integer"} | params))


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


def test_windows_need_rows_in_order_of_time() -> None:
    """Prices whose newest row is the first would be predicted backwards."""
    params = {"targets": "close", "split": {"order": "chronological"}, "window": {"length": 2}}
    with pytest.raises(UserError, match=r"preprocess.window.*rows are a table.*kind: series"):
        read(Table({"all": NUMBERS}), **params)
    columns = read(Table({"all": NUMBERS}, kind="series"), **params)
    assert columns.targets["close"].values.ravel().tolist() == NUMBERS["close"].tolist()


def test_values_of_private_columns_are_not_in_messages() -> None:
    frame = pd.DataFrame({"name": ["ann", "7", "8"], "pay": [1e39, 2e39, 1.0], "y": [1.0, 2.0, 3.0]})
    table = Table({"all": frame}, private=["name", "pay"])
    with pytest.raises(UserError) as caught:
        read(table, inputs=["name"], targets="y")
    assert "private in row 0" in str(caught.value)
    assert "ann" not in str(caught.value)
    with pytest.raises(UserError) as caught:
        read(table, inputs=["pay"], targets="y")
    assert "private in row 0, private in row 1" in str(caught.value)
    with pytest.raises(UserError) as caught:
        read(table, inputs=["name"], targets="y", columns={"name": "boolean"})
    assert "3 of 3 values" in str(caught.value)
    assert "ann" not in str(caught.value)
    with pytest.raises(UserError, match=r"preprocess.targets: pay is private"):
        read(table, inputs=["y"], targets="pay")


def test_digits_that_were_read_as_text_have_a_solution() -> None:
    frame = pd.DataFrame({"zip": ["04509", "10115"], "y": [1.0, 2.0]})
    with pytest.raises(UserError, match=r"column zip: digits with leading zeros.*types: \{zip: number\}"):
        read(Table({"all": frame}), inputs=["zip"], targets="y", columns={"zip": "number"})


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
        ({"classes": {"mood": ["good"]}}, ["mood: not among the classes good: 'bad' in row 1"]),
        ({"frame": FRAME.assign(mood=["good", None, "bad"])}, ["column mood: no label in rows 1;"]),
        ({"targets": ["mood", "close"]}, ["preprocess.labels: target y must be one column", "open, close, mood"]),
        ({"labels": None}, ["column mood holds str, not numbers", "preprocess.labels"]),
    ],
)
def test_labels_that_cannot_be_read(changed: dict[str, Any], facts: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        read_mood(**changed)
    assert [fact for fact in facts if fact not in str(caught.value)] == []


def test_images() -> None:
    columns = read(IMAGES, labels="one_hot")
    image, label = columns.inputs["image"], columns.targets["label"]
    assert image.column == ImagePixels(columns=["image"])
    assert image.values.shape == (2, 4, 4, 1)
    assert image.values[1:].dtype == np.uint8
    assert label.column == ClassLabels(columns=["label"], classes=["dark", "bright"], encoding="one_hot")
    assert label.values.tolist() == [1, 0]


def test_colour_images_keep_their_channels() -> None:
    colour = replace(IMAGES, images={"all": np.zeros((2, 4, 4, 3), np.uint8)})
    assert read(colour, labels="integer").inputs["image"].values.shape == (2, 4, 4, 3)


def test_texts() -> None:
    columns = read(TEXTS, labels="one_hot", **WORDS)
    text, label = columns.inputs["text"], columns.targets["label"]
    assert text.column == TokenIds(columns=["text"], vocabulary_size=5, unknown_id=2)
    assert isinstance(text.values, RaggedRows)
    assert [row.tolist() for row in text.values] == [[3, 9, 3], [], [1], [4]]
    assert label.values.tolist() == [1, 0, 1, 0]


STEPS = {"steps": [{"step": "divide", "by": 2}]}
WINDOW = {"window": {"length": 2}, "split": {"order": "test_first"}}


@pytest.mark.parametrize(
    ("raw", "params", "facts"),
    [
        (IMAGES, {"labels": None}, ["preprocess.labels: missing", "one_hot or integer"]),
        (IMAGES, {"targets": "label"}, ["preprocess: ", "leave inputs and targets out"]),
        (TEXTS, WORDS | {"labels": None}, ["preprocess.labels: missing", "one_hot or integer"]),
        (TEXTS, WORDS | {"inputs": ["text"]}, ["preprocess: ", "leave inputs and targets out"]),
        (TEXTS, {}, ["preprocess.words: missing", "`words: {vocabulary_size: 10000}`"]),
        (TEXTS, WORDS | STEPS, ["preprocess: texts take neither steps"]),
        (TEXTS, WORDS | WINDOW, ["preprocess: texts take neither steps nor a window"]),
        (IMAGES, WORDS, ["preprocess.words: for texts only"]),
        (Table({"all": NUMBERS}), WORDS | {"targets": "close", "labels": None}, ["preprocess.words: for texts only"]),
    ],
)
def test_parameters_that_do_not_fit_the_kind_of_data(raw: RawData, params: dict[str, Any], facts: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        read(raw, **{"labels": "one_hot", **params})
    assert [fact for fact in facts if fact not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("raw", "params"),
    [
        (replace(IMAGES, labels={"all": np.array([0, 2])}), {}),
        (replace(TEXTS, labels={"train": np.array([1, 0, 2]), "test": np.array([0])}), WORDS),
    ],
)
def test_a_label_number_without_a_class(raw: RawData, params: dict[str, Any]) -> None:
    with pytest.raises(UserError) as caught:
        read(raw, labels="integer", **params)
    assert str(caught.value) == "label: 0 to 2, but there are 2 classes"


VALUES = pd.DataFrame(
    {
        "length": [1.5, 2.5],
        "petals": [3, 5],
        "fresh": [True, False],
        "name": ["rose", "tulip"],
        "gap": [1.0, np.nan],
        "infinite": [-np.inf, 2.0],
        "mixed": ["1.5", "two"],
        "day": pd.date_range("2020-01-01", periods=2),
    }
)


def test_columns_are_side_by_side_in_the_given_order() -> None:
    rows = numeric_values(VALUES, ["petals", "length", "fresh"])
    assert rows.tolist() == [[3.0, 1.5, 1.0], [5.0, 2.5, 0.0]]
    assert rows.dtype == np.float64


def test_all_errors_of_all_columns_are_reported() -> None:
    with pytest.raises(UserError) as caught:
        numeric_values(VALUES, ["name", "gap", "length", "infinite", "mixed", "day"])
    name, gap, infinite, mixed, day = caught.value.messages
    assert "column name holds str, not numbers" in name
    assert "preprocess.labels" in name
    assert "column gap: missing or infinite in 1 of 2 rows: 1;" in gap
    assert "column infinite: missing or infinite in 1 of 2 rows: 0;" in infinite
    assert "column mixed: 1 of 2 values" in mixed
    assert "'two' in row 1" in mixed
    assert "download.format.missing" in mixed
    assert "column day holds datetime64" in day
