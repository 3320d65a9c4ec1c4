"""Multi-hot rows, tf-idf rows and ids of texts, against hand-worked numbers and against scikit-learn."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from stages.core.columns.column_params import TextParams
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.texts.multi_hot_text import MultiHotText
from stages.core.columns.texts.text_column import TextColumn
from stages.core.columns.texts.text_ids import TextIds
from stages.core.columns.texts.text_words import text_words
from stages.core.columns.texts.tf_idf_text import TfIdfText
from stages.core.errors import UserError

TRAINING = ["win a prize", "see you at home", "a prize, a PRIZE!", "you see?"]
FORMS: dict[str, type[TextColumn]] = {"multi_hot": MultiHotText, "tf_idf": TfIdfText, "ids": TextIds}
every_form = pytest.mark.parametrize("form", FORMS)


def column(form: Any, **params: Any) -> TextColumn:
    return FORMS[form](columns=["message"], params=TextParams(kind="text", form=form, **params))


def values(*texts: Any) -> TableValues:
    return TableValues({"message": np.array(texts, object)})


def rows(fitted: TextColumn, *texts: Any) -> list[list[float]]:
    batch: list[list[float]] = fitted.to_batch(fitted.transform(values(*texts))).tolist()
    return batch


def test_a_multi_hot_row_has_a_column_for_each_word() -> None:
    fitted = column("multi_hot", vocabulary_size=4).fit(values(*TRAINING))
    assert fitted.words == ["a", "prize", "see", "you"]
    assert rows(fitted, "You, you and a dog", "", "dog") == [[1, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_ids_are_padded_at_the_end_and_cut() -> None:
    fitted = column("ids", vocabulary_size=4, length=3).fit(values(*TRAINING))
    assert fitted.id_count == 6
    # 0 is padding, 1 a word that is not in the vocabulary, 2 the most frequent word.
    assert rows(fitted, "a prize", "you see you see", "see dogs", "", "?") == [
        [2, 3, 0],
        [5, 4, 5],
        [4, 1, 0],
        [1, 0, 0],
        [1, 0, 0],
    ]
    assert len(rows(column("ids").fit(values(*TRAINING)), "a")[0]) == 200


@every_form
def test_words_of_a_private_column_are_stored_as_hashes(form: str) -> None:
    """The same numbers as without, in another order."""
    public = column(form).fit(values(*TRAINING))
    private = column(form).model_copy(update={"private": True}).fit(values(*TRAINING))
    stored = private.model_dump_json()
    assert [word for word in ("prize", "home", "win") if word in stored] == []
    assert "prize" in public.model_dump_json()
    new = ("a prize, and you", "", "at home")
    counts = [sorted(map(sorted, rows(fitted, *new))) for fitted in (public, private)]
    if form == "ids":
        assert [[number > 1 for number in row[:4]] for row in rows(private, *new)] == [
            [number > 1 for number in row[:4]] for row in rows(public, *new)
        ]
    else:
        np.testing.assert_allclose(counts[1], counts[0])
    assert "private" not in json.loads(public.model_dump_json())


def test_weights_by_hand() -> None:
    """`a` is in both texts: ln(3/3) + 1 = 1. `b` is in one: ln(3/2) + 1."""
    fitted = column("tf_idf").fit(values("a a b", "a"))
    weight = np.log(1.5) + 1
    length = np.hypot(2, weight)
    np.testing.assert_allclose(rows(fitted, "a a b", "b", "c"), [[2 / length, weight / length], [0, 1], [0, 0]])


WORDS = st.sampled_from(["a", "b", "cat", "it's", "dogs", "7"])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=2, max_size=12)


@settings(deadline=None, max_examples=50)
@given(training=TEXTS, new=TEXTS, size=st.integers(2, 7), least=st.integers(1, 2))
def test_weights_and_multi_hot_rows_are_those_of_scikit_learn(
    training: list[str], new: list[str], size: int, least: int
) -> None:
    try:
        fitted = {
            form: column(form, vocabulary_size=size, minimum_count=least).fit(values(*training)) for form in FORMS
        }
    except UserError:
        return  # no word
    vocabulary = fitted["tf_idf"].words
    weights = TfidfVectorizer(analyzer=text_words, vocabulary=vocabulary).fit(training).transform(new)
    np.testing.assert_allclose(rows(fitted["tf_idf"], *new), weights.toarray(), rtol=1e-6)
    hot = CountVectorizer(analyzer=text_words, vocabulary=vocabulary, binary=True).transform(new)
    assert rows(fitted["multi_hot"], *new) == hot.toarray().tolist()


def test_the_vocabulary_is_that_of_scikit_learn() -> None:
    """Without words that are equally frequent, among which scikit-learn's choice is not defined."""
    texts = ["a a a a b b b", "c c d", "b a d e e e e e", "d"]
    fitted = column("multi_hot", vocabulary_size=2, minimum_count=2).fit(values(*texts))
    theirs = CountVectorizer(analyzer=text_words, max_features=2, min_df=2).fit(texts)
    assert sorted(fitted.words) == theirs.get_feature_names_out().tolist() == ["a", "b"]


@every_form
def test_a_word_in_a_test_row_only_is_not_learned(form: str) -> None:
    first, second = (column(form).fit(values(*TRAINING)) for _ in range(2))
    assert "secret" not in first.words
    first.transform(values("secret secret word"))
    assert first == second


@every_form
def test_counts_of_blocks_give_the_same_column(form: str) -> None:
    text = column(form)
    counts = text.count(values(*TRAINING[:1])) + text.count(values(*TRAINING[1:]))
    assert text.fit_counts(counts) == text.fit(values(*TRAINING))


@every_form
def test_what_was_learned_is_not_learned_again(form: str) -> None:
    fitted = column(form).fit(values(*TRAINING))
    assert fitted.fit(values("other words")) == fitted


@every_form
def test_words_are_in_one_line_of_the_file(form: str) -> None:
    stored = json.loads(column(form).fit(values("b a b", "a b")).model_dump_json())
    assert stored["words"] == "b a"
    assert stored.get("row_counts") == ("2 2" if form == "tf_idf" else None)


def test_gaps() -> None:
    with pytest.raises(UserError, match=r"column message: missing in 1 of 2 rows: 1; set .*message\.missing to empty"):
        column("ids").check(values("a", None))
    filled = column("ids", missing="empty", length=2)
    filled.check(values("a", None))
    assert rows(filled.fit(values("a", None)), None, "") == [[1, 0], [1, 0]]


def test_numbers_are_words_too() -> None:
    numbers = TableValues({"message": np.array([12.0, 7.5, np.nan])})
    fitted = column("multi_hot", missing="empty").fit(numbers)
    assert fitted.words == ["12", "5", "7"]


@pytest.mark.parametrize(
    ("texts", "least", "message"),
    [(["", "?"], 1, "no training row has a word;"), (["a", "b"], 2, "that is in 2 of them; use a smaller")],
)
def test_a_column_without_words(texts: list[str], least: int, message: str) -> None:
    with pytest.raises(UserError, match=message):
        column("tf_idf", minimum_count=least).fit(values(*texts))


def test_length_is_for_ids() -> None:
    with pytest.raises(ValueError, match="length is for form: ids, not tf_idf"):
        column("tf_idf", length=5)
