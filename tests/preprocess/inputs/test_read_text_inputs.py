"""Columns of texts among the inputs of a table."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.texts.multi_hot_text import MultiHotText
from stages.core.columns.texts.text_column import TextColumn
from stages.core.columns.texts.text_ids import TextIds
from tests.preprocess.inputs.test_read_table_inputs import errors, read

FRAME = pd.DataFrame(
    {
        "size": [1.0, 2.0, 3.0, 4.0],
        "port": ["S", "C", "S", "C"],
        "free text": ["win a prize now", "see you at home", "win a free prize", "a secret word only"],
        "other": ["one two three", None, "two three one", "four five six"],
    }
)
IDS = {"kind": "text", "form": "ids", "length": 4}


def test_a_text_is_an_array_of_its_own_beside_the_numbers() -> None:
    arrays = read({"x": ["size", "free text"]}, {"free text": IDS}, FRAME)
    assert list(arrays) == ["x", "free_text"]
    assert isinstance(arrays["x"].column, NumberColumns)
    ids = arrays["free_text"]
    assert isinstance(ids.column, TextIds)
    assert ids.column.transform(ids.values).shape == (4, 4)


def test_texts_categories_and_numbers() -> None:
    embedded = {"kind": "category", "encoding": "embedding"}
    arrays = read({"x": ["free text", "size", "port"]}, {"port": embedded, "free text": IDS}, FRAME)
    assert list(arrays) == ["x", "port", "free_text"]
    assert isinstance(arrays["x"].column, FeatureMatrix)
    assert arrays["x"].column.columns == ["size"]


def test_sentences_are_inferred_to_be_texts() -> None:
    (array,) = read({"x": ["free text"]}, {}, FRAME).values()
    assert isinstance(array.column, MultiHotText)
    assert array.column.inferred


@pytest.mark.parametrize("form", ["multi_hot", "tf_idf", "ids"])
def test_nothing_is_learned_from_other_rows(form: str) -> None:
    """Neither words nor how many rows have them."""
    rows = np.array([0, 1, 2])
    text = {"free text": {"kind": "text", "form": form}}
    changed = FRAME.assign(**{"free text": [*FRAME["free text"][:3], "win win prize"]})
    first, second = (read({"x": ["free text"]}, text, frame, rows)["free_text"].column for frame in (FRAME, changed))
    assert first == second
    assert isinstance(first, TextColumn)
    assert "secret" not in first.words
    assert "free" in first.words


def test_an_input_of_one_text_has_the_name_that_it_was_given() -> None:
    arrays = read({"message": ["free text"], "x": ["size"]}, {"free text": IDS}, FRAME)
    assert list(arrays) == ["message", "x"]


def test_columns_whose_names_have_the_same_usable_characters() -> None:
    """An array never replaces another one."""
    frame = FRAME.rename(columns={"free text": "текст", "other": "слова", "size": "x"}).fillna("")
    text = {"kind": "text", "missing": "empty"}
    arrays = read({"x": ["x", "текст", "слова"]}, {"текст": text, "слова": text}, frame)
    assert [(name, array.column.columns) for name, array in arrays.items()] == [
        ("x", ["x"]),
        ("column", ["текст"]),
        ("column_2", ["слова"]),
    ]
    column_named_as_the_input = FRAME.rename(columns={"free text": "x"})
    assert list(read({"x": ["size", "x"]}, {"x": IDS}, column_named_as_the_input)) == ["x", "x_2"]


def test_everything_wrong_in_texts_and_other_columns_is_reported() -> None:
    frame = FRAME.assign(size=[1.0, None, 3.0, 4.0], **{"free text": ["?", "!", "", "words"]})
    columns: dict[str, Any] = {"other": {"kind": "text"}, "free text": IDS}
    message = errors({"x": ["size", "other", "free text"]}, columns, frame, range(3))
    assert "column size: missing" in message
    assert "column other: missing in 1 of 4 rows: 1" in message
    assert "column free text: no training row has a word" in message
