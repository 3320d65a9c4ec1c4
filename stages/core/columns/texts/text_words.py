"""The words of a text."""

import re
import unicodedata
from functools import cache


def text_words(text: str) -> list[str]:
    """Return the lower-cased words of a text.

    A word is a run of letters, digits and underscores of any script, with their marks (accents, vowel signs), and may
    have apostrophes inside. Everything else separates words. A text in a script without spaces is not divided further.

    >>> text_words("Don\u2019t CALL 0800-22! caf\u00e9 \u4f60\u597d\u3002")
    ["don't", 'call', '0800', '22', 'caf\u00e9', '\u4f60\u597d']
    """
    # Composed characters, so that an accent is the same whether it came as a character of its own or not.
    normalized = unicodedata.normalize("NFC", text.replace("\u2019", "'").lower())
    return _word_pattern().findall(normalized)


@cache
def _word_pattern() -> re.Pattern[str]:
    """`\\w` has no marks, without which words of scripts such as Devanagari would be cut."""
    part = rf"\w[\w{_marks()}]*"
    return re.compile(rf"{part}(?:'{part})*")


def _marks() -> str:
    """Return all marks as ranges of a regular expression. They are among the first 2**17 characters."""
    ranges: list[list[int]] = []
    for code in range(1 << 17):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
