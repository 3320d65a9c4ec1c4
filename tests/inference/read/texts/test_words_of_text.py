import random
import string

import pytest
from keras.src.legacy.preprocessing.text import text_to_word_sequence

from stages.inference.read.texts.words_of_text import words_of_text


def test_texts_in_ascii_have_the_words_of_keras():
    random_numbers = random.Random(0)
    characters = string.printable.replace("\r", "").replace("\v", "").replace("\f", "") + "  ''"
    for _ in range(200):
        text = "".join(random_numbers.choices(characters, k=100))
        assert words_of_text(text) == text_to_word_sequence(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\u201cOil\u201d \u2014 up 3\u00a0pct\u2026", ["oil", "up", "3", "pct"]),
        ("the company\u2019s", ["the", "company's"]),
        ("'tis the growers'", ["'tis", "the", "growers'"]),
        ("Cafe\u0301\r\n\u4f60\u597d", ["caf\u00e9", "\u4f60\u597d"]),
        ("a\u20acb\0c", ["a", "b", "c"]),
        (" .,! ", []),
    ],
)
def test_other_punctuation_separates_words_too(text, words):
    assert words_of_text(text) == words
