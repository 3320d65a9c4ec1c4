import numpy as np
import pytest

from stages.core.artefacts.raw.raw_data import Tokens
from stages.report.samples.sample_texts import MAX_WORDS, first_words, sample_texts
from tests.report.example_datasets import WORDS, texts


def tokens(words: list[str] | None, *ids: int) -> Tokens:
    """A single text."""
    return Tokens({"all": np.array(ids)}, {"all": np.array([0, len(ids)])}, {"all": np.array([0])}, ["a"], words)


def example_tokens(words: list[str] | None = WORDS) -> Tokens:
    raw = texts(words).raw
    assert isinstance(raw, Tokens)
    return raw


def numbered_words(count: int) -> list[str]:
    return ["", *(f"w{n}" for n in range(1, count + 1))]


def test_word_numbers_without_a_word_are_left_out() -> None:
    assert first_words(example_tokens(), 0) == "wheat rose again"
    assert first_words(example_tokens(), 4) == "rose wheat"


def test_word_numbers_are_shown_without_a_vocabulary() -> None:
    assert first_words(example_tokens(None), 5) == "1 6 6 5"


def test_a_long_text_ends_with_an_ellipsis() -> None:
    words = numbered_words(MAX_WORDS + 1)
    shown = " ".join(words[1 : MAX_WORDS + 1])
    assert first_words(tokens(words, *range(1, MAX_WORDS + 1)), 0) == shown
    assert first_words(tokens(words, *range(1, MAX_WORDS + 2)), 0) == f"{shown} …"
    assert first_words(tokens(words), 0) == ""


@pytest.mark.parametrize("without_word", [1, 3 * MAX_WORDS])
def test_only_numbers_with_a_word_count_towards_the_length(without_word: int) -> None:
    words = numbered_words(MAX_WORDS)
    text = tokens(words, *[0] * without_word, *range(1, MAX_WORDS + 1))
    assert first_words(text, 0) == " ".join(words[1:])


def test_sample_texts_have_class_length_and_first_words() -> None:
    table = sample_texts(example_tokens(), [0, 1])
    assert [name for name, _ in table.head] == ["class", "words", "first words"]
    assert table.rows == [["grain", "4", "wheat rose again"], ["trade", "2", "<b>tariffs</b>"]]
