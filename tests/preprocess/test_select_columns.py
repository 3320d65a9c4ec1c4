from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.select_columns import Arrays, arrays

FRAME = pd.DataFrame(
    {
        "day": pd.date_range("2020-01-01", periods=3),
        "open": [1.0, 2.0, 3.0],
        "close": [1.5, 2.5, 3.5],
        "mood": ["good", "bad", "good"],
    }
)
NUMBERS = FRAME[["open", "close"]]
PRICES = Table({"all": FRAME.drop(columns="mood")}, kind="series", time="day")
PICTURES = Images({"all": np.zeros((2, 4, 4), np.uint8)}, {"all": np.array([1, 0], np.uint8)}, ["dark", "bright"])

WIRES = Tokens(
    ids={"train": np.array([3, 9, 3, 1], np.uint8), "test": np.array([4], np.uint8)},
    offsets={"train": np.array([0, 3, 3, 4]), "test": np.array([0, 1])},
    labels={"train": np.array([1, 0, 1], np.uint8), "test": np.array([0], np.uint8)},
    classes=["sport", "trade"],
)


def offered(raw: RawData, **params: Any) -> Arrays:
    split = {"order": "chronological"} if "window" in params else {}
    return arrays(raw, Preprocess.model_validate({"split": split} | params))


def mistake(raw: RawData, **params: Any) -> str:
    with pytest.raises(UserError) as caught:
        offered(raw, **params)
    return str(caught.value)


def test_what_is_not_the_target_goes_in() -> None:
    found = offered(Table({"all": NUMBERS}), targets="close")
    assert found.inputs["x"].columns == ["open"]
    assert found.inputs["x"].values.tolist() == [[1.0], [2.0], [3.0]]
    assert found.targets["close"].values.tolist() == [[1.5], [2.5], [3.5]]
    assert found.only_classes is None


def test_a_windowed_target_goes_in_too_but_time_does_not() -> None:
    found = offered(PRICES, targets="close", window={"length": 1})
    assert found.inputs["x"].columns == ["open", "close"]


def test_a_target_of_several_columns_and_several_targets() -> None:
    both = offered(Table({"all": NUMBERS.assign(volume=7)}), targets=["open", "close"])
    assert both.targets["y"].values.tolist() == [[1.0, 1.5], [2.0, 2.5], [3.0, 3.5]]
    named = offered(
        Table({"all": FRAME}), inputs=["open"], targets={"price": "close", "mood": "mood"}, labels={"mood": "integer"}
    )
    assert named.targets["price"].columns == ["close"]
    assert named.targets["price"].classes is None
    assert named.targets["mood"].values.tolist() == [1, 0, 1]
    assert named.only_classes is None


def test_several_inputs() -> None:
    found = offered(
        Table({"all": NUMBERS.assign(next=NUMBERS["close"] + 1)}),
        inputs={"left": ["close", "open"], "right": ["open"]},
        targets={"y": "next"},
    )
    assert found.inputs["left"].values[0].tolist() == [1.5, 1.0]
    assert found.inputs["right"].values[0].tolist() == [1.0]


def test_splits_follow_one_another() -> None:
    found = offered(Table({"test": NUMBERS[2:], "train": NUMBERS[:2]}), targets="close")
    assert found.inputs["x"].values.ravel().tolist() == [3.0, 1.0, 2.0]


def test_classes_are_the_ones_that_came_with_the_data() -> None:
    found = offered(
        Table({"all": FRAME}, classes={"mood": ["good", "bad", "mixed"]}),
        inputs=["open"],
        targets="mood",
        labels="one_hot",
    )
    assert found.targets["mood"].classes == ["good", "bad", "mixed"]
    assert found.targets["mood"].values.tolist() == [0, 1, 0]
    assert found.only_classes is not None


def test_otherwise_they_are_what_the_labels_are() -> None:
    found = offered(Table({"all": FRAME}), inputs=["open"], targets="mood", labels="one_hot")
    assert found.targets["mood"].classes == ["bad", "good"]


def test_a_label_that_is_no_class() -> None:
    text = mistake(Table({"all": FRAME}, classes={"mood": ["good"]}), inputs=["open"], targets="mood", labels="integer")
    assert text == "mood: not among the classes good: 'bad' in row 1"


def test_a_label_is_missing() -> None:
    gap = FRAME.assign(mood=["good", None, "bad"])
    assert (
        mistake(Table({"all": gap}), inputs=["open"], targets="mood", labels="one_hot")
        == "column mood: no label in rows 1; take those rows out of the data"
    )


def test_no_target() -> None:
    assert mistake(PRICES) == "preprocess.targets: missing; name the column to predict"


def test_columns_that_are_not_there_are_all_told() -> None:
    text = mistake(Table({"all": FRAME}), inputs=["opne", "close"], targets="modo", labels="one_hot")
    assert text.splitlines() == [
        "preprocess.inputs: no column 'opne'; did you mean open?",
        "preprocess.targets: no column 'modo'; did you mean mood?",
    ]


def test_a_class_is_one_column() -> None:
    text = mistake(Table({"all": FRAME}), inputs=["open"], targets=["mood", "close"], labels="one_hot")
    assert text == "preprocess.labels: target y must be one column of day, open, close, mood"


def test_a_text_column_that_should_have_been_a_class() -> None:
    text = mistake(Table({"all": FRAME}), inputs=["open"], targets="mood")
    assert text == "column mood holds str, not numbers; leave it out, or name it in preprocess.labels if it is a class"


def test_a_misspelt_name_among_the_labels() -> None:
    """It would have been passed over, and a class of numbers would have become a value."""
    numbered = FRAME.assign(mood=[1, 0, 1])
    text = mistake(Table({"all": numbered}), inputs=["open"], targets="mood", labels={"moood": "integer"})
    assert text == "preprocess.labels: no target 'moood'; did you mean mood?"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"inputs": [], "targets": "close"}, "preprocess.inputs: no column for x"),
        ({"inputs": {"a": []}, "targets": "close"}, "preprocess.inputs: no column for a"),
        ({"inputs": {}, "targets": "close"}, "preprocess.inputs: names no column"),
        ({"targets": []}, "preprocess.targets: no column for y"),
        ({"targets": {}}, "preprocess.targets: names no column"),
        ({"targets": ["open", "close"]}, "preprocess.inputs: no column for x"),
    ],
)
def test_nothing_to_learn_from_or_to_predict(params: dict[str, Any], expected: str) -> None:
    assert mistake(Table({"all": NUMBERS}), **params) == expected


@pytest.mark.parametrize("name", ["price/m2", "../close", "the close", "größe", "a:b", "", ".hidden"])
def test_a_name_that_no_file_or_layer_can_have(name: str) -> None:
    frame = NUMBERS.rename(columns={"close": name})
    assert mistake(Table({"all": frame}), targets=name) == (
        f"preprocess.targets: {name!r} cannot name a file and a layer; "
        f"use letters, digits, _, - and . as in `targets: {{price: {name}}}`"
    )
    assert offered(Table({"all": frame}), targets={"price": name}).targets["price"].columns == [name]


def test_an_input_and_a_target_of_one_name() -> None:
    """Keras refuses two layers of one name, with a traceback."""
    frame = NUMBERS.rename(columns={"close": "x"})
    assert mistake(Table({"all": frame}), targets="x") == (
        "preprocess.targets: 'x' is the name of an input; use another one as in `targets: {y: x}`"
    )


def test_pictures() -> None:
    found = offered(PICTURES, labels="one_hot")
    assert found.scaled_per_batch
    assert found.inputs["image"].values.shape == (2, 4, 4, 1)
    assert found.inputs["image"].pick(range(1, 2)).dtype == np.uint8
    label = found.targets["label"]
    assert (label.values.tolist(), label.classes, label.encoding) == ([1, 0], ["dark", "bright"], "one_hot")


def test_pictures_in_colour_keep_their_channels() -> None:
    colour = Images({"all": np.zeros((2, 4, 4, 3), np.uint8)}, PICTURES.labels, PICTURES.classes)
    assert offered(colour, labels="integer").inputs["image"].values.shape == (2, 4, 4, 3)


@pytest.mark.parametrize(("labels", "told"), [([0, 2], "0 to 2"), ([-1, 1], "-1 to 1")])
def test_a_picture_of_no_class(labels: list[int], told: str) -> None:
    wrong = Images(PICTURES.images, {"all": np.array(labels)}, PICTURES.classes)
    assert mistake(wrong, labels="integer") == f"label: {told}, but there are 2 classes"


def test_pictures_need_labels_and_nothing_else() -> None:
    assert mistake(PICTURES) == "preprocess.labels: missing; pictures and texts need one_hot or integer"
    expected = "preprocess: pictures and texts have one input and one target; leave inputs and targets out"
    assert mistake(PICTURES, labels="one_hot", targets="label") == expected


def test_texts_are_the_words_that_occur_in_them() -> None:
    found = offered(WIRES, labels="one_hot", words={"most": 5, "rare": 2})
    assert found.scaled_per_batch
    rows = found.inputs["text"].values
    assert isinstance(rows, RaggedRows)
    assert [row.tolist() for row in rows] == [[2, 3], [], [1], [4]]
    label = found.targets["label"]
    assert (label.values.tolist(), label.classes, label.encoding) == ([1, 0, 1, 0], ["sport", "trade"], "one_hot")
    assert found.only_classes is not None


def test_without_a_word_for_the_rare_ones_they_are_left_out() -> None:
    rows = offered(WIRES, labels="integer", words={"most": 4}).inputs["text"].values
    assert [row.tolist() for row in rows] == [[3], [], [1], []]


def test_texts_need_a_number_of_words() -> None:
    expected = "preprocess.words: missing; say how many words count, as in `words: {most: 10000}`"
    assert mistake(WIRES, labels="one_hot") == expected


@pytest.mark.parametrize("more", [{"steps": [{"step": "divide", "by": 2}]}, {"window": {"length": 2}}])
def test_texts_are_neither_scaled_nor_cut_into_windows(more: dict[str, Any]) -> None:
    text = mistake(WIRES, labels="one_hot", words={"most": 5}, **more)
    assert text == "preprocess: texts take neither steps nor a window; take them out"


def test_texts_need_labels_and_nothing_else() -> None:
    words = {"words": {"most": 5}}
    assert mistake(WIRES, **words) == "preprocess.labels: missing; pictures and texts need one_hot or integer"
    expected = "preprocess: pictures and texts have one input and one target; leave inputs and targets out"
    assert mistake(WIRES, labels="one_hot", inputs=["text"], **words) == expected


@pytest.mark.parametrize(
    ("raw", "more"), [(PICTURES, {"labels": "one_hot"}), (Table({"all": NUMBERS}), {"targets": "close"})]
)
def test_words_are_for_texts(raw: RawData, more: dict[str, Any]) -> None:
    assert mistake(raw, words={"most": 5}, **more) == "preprocess.words: for texts only; take it out"


def test_a_text_of_no_class() -> None:
    wrong = Tokens(WIRES.ids, WIRES.offsets, {"train": np.array([1, 0, 2]), "test": np.array([0])}, WIRES.classes)
    text = mistake(wrong, labels="integer", words={"most": 5})
    assert text == "label: 0 to 2, but there are 2 classes"
