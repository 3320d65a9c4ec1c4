"""What a word is, in several scripts."""

import pytest

from stages.core.columns.texts.text_words import text_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("... !?", []),
        ("Hello, World", ["hello", "world"]),
        ("It's 'quoted' dogs'", ["it's", "quoted", "dogs"]),
        ("rock\u2019n\u2019roll", ["rock'n'roll"]),
        ("3.5 kg, 1,000 x2", ["3", "5", "kg", "1", "000", "x2"]),
        ("snake_case e-mail", ["snake_case", "e", "mail"]),
        ("a\tb\nc\u00a0d", ["a", "b", "c", "d"]),
        ("STRASSE \u00c9COLE", ["strasse", "\u00e9cole"]),
        ("\uc624\ub298 \ub0a0\uc528", ["\uc624\ub298", "\ub0a0\uc528"]),
        ("\u4f60\u597d\uff0c\u4e16\u754c", ["\u4f60\u597d", "\u4e16\u754c"]),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
            ["\u0939\u093f\u0928\u094d\u0926\u0940", "\u092e\u0947\u0902"],
        ),
        # The heart is followed by a mark that asks for a coloured picture.
        ("fun \U0001f600 day\u2764\ufe0f x", ["fun", "day", "x"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert text_words(text) == words


def test_an_accent_of_its_own_is_the_same_word() -> None:
    assert text_words("cafe\u0301") == text_words("caf\u00e9")
