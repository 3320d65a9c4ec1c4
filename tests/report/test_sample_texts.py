"""Texts as a person reads them."""

import numpy as np
import pytest

from stages.core.artefacts.raw import Tokens
from stages.report.read_results import read_predictions
from stages.report.sample_texts import SHOWN, beginning, sample_texts, text_cells
from stages.report.sections.classification_section import class_answers
from stages.report.sections.data_section import kind_words, material
from tests.report import fakes


def one_text(*ids: int, words: list[str] | None = None) -> Tokens:
    return Tokens({"all": np.array(ids)}, {"all": np.array([0, len(ids)])}, {"all": np.array([0])}, ["a"], words)


def numbered(count: int) -> list[str]:
    return ["", *(f"w{n}" for n in range(1, count + 1))]


def test_words_in_their_order_without_what_has_no_word() -> None:
    assert beginning(fakes.wires().raw, 0) == "wheat rose again"
    assert beginning(fakes.wires().raw, 4) == "rose wheat"


def test_without_a_vocabulary_the_ids_stand_for_themselves() -> None:
    assert beginning(fakes.wires(words=None).raw, 5) == "1 6 6 5"


def test_an_empty_text_is_nothing() -> None:
    assert beginning(one_text(words=numbered(1)), 0) == ""


def test_of_a_long_text_the_beginning_is_shown_and_said_to_be_one() -> None:
    words = numbered(SHOWN + 1)
    whole = one_text(*range(1, SHOWN + 1), words=words)
    assert beginning(whole, 0) == " ".join(words[1 : SHOWN + 1])
    longer = one_text(*range(1, SHOWN + 2), words=words)
    assert beginning(longer, 0) == " ".join(words[1 : SHOWN + 1]) + " …"


@pytest.mark.parametrize("gaps", [1, 3 * SHOWN])
def test_what_has_no_word_neither_fills_the_beginning_nor_makes_it_one(gaps: int) -> None:
    """All words are there, so nothing follows."""
    words = numbered(SHOWN)
    assert beginning(one_text(*[0] * gaps, *range(1, SHOWN + 1), words=words), 0) == " ".join(words[1:])


def test_samples_have_their_class_and_their_length() -> None:
    found = sample_texts(fakes.wires().raw, [0, 1])
    assert [name for name, _ in found.head] == ["class", "words", "beginning"]
    assert found.lines == [["grain", "4", "wheat rose again"], ["trade", "2", "<b>tariffs</b>"]]


def test_what_went_in_is_called_texts_of_words() -> None:
    fake = fakes.wires()
    assert kind_words(fake.raw) == "6 texts in 2 classes"
    found = material(fake.raw, fake.processed, 4)
    text, label = found.arrays
    assert (text.name, text.form, text.treatment) == ("text", "10,000 words, there or not", "multi-hot")
    assert label.form == "2 classes: grain, trade"
    assert found.rows is not None
    assert [line[0] for line in found.rows.lines] == ["grain", "trade", "grain", "trade"]
    assert (found.pictures, found.charts) == ([], [])


def test_an_answer_shows_the_text_that_was_asked_about(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    fake = fakes.wires()
    fakes.write(fake)
    predictions = read_predictions(tmp_path / "data/predictions/mine", "mine")
    wrong, right = class_answers("label", predictions, fake.raw, fake.processed, 4).answers
    assert (wrong.truth, wrong.predicted, wrong.about) == (
        "trade",
        "grain",
        [("text", "<b>tariffs</b> <b>tariffs</b> again")],
    )
    assert (right.right, right.about) == (True, text_cells(fake.raw, 4))
