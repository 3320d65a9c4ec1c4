"""The words of a text, as the datasets of word numbers that Keras provides have them."""

import unicodedata

APOSTROPHE = "'"
# Punctuation, symbols, separators and control characters, by the first letter of their category in Unicode.
SEPARATORS = "PSZC"


def words_of_text(text: str) -> list[str]:
    """The lower-cased words. Blanks, punctuation and symbols separate words, but apostrophes do not.

    Of a text in ASCII these are the words that Keras' Tokenizer makes, by which the datasets were made.

    >>> words_of_text("The U.S. company\u2019s profit: 9.2 mln dlrs")
    ['the', 'u', 's', "company's", 'profit', '9', '2', 'mln', 'dlrs']
    """
    composed = unicodedata.normalize("NFC", text.replace("\u2019", APOSTROPHE).lower())
    return composed.translate(_BLANKS).split()


class _Blanks(dict[int, str]):
    """A blank for each character that separates words, and other characters as they are."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        separates = character != APOSTROPHE and unicodedata.category(character)[0] in SEPARATORS
        self[code] = found = " " if separates else character
        return found


_BLANKS = _Blanks()
