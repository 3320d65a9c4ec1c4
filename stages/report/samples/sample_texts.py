"""Texts as words, or as numbers of words if the vocabulary is unknown."""

from collections.abc import Sequence

from stages.core.artefacts.raw.raw_data import Tokens
from stages.report.rendering.page_table import TextTable, text_table
from stages.report.samples.locate_row import locate_row

MAX_WORDS = 24


def sample_texts(tokens: Tokens, rows: Sequence[int]) -> TextTable:
    cells = []
    for row in rows:
        split, index = locate_row(tokens, row)
        label = tokens.classes[int(tokens.labels[split][index])]
        cells.append([label, f"{len(_word_numbers(tokens, row)):,}", first_words(tokens, row)])
    return text_table(["class", "words", "first words"], cells)


def first_words(tokens: Tokens, row: int) -> str:
    """The first words of a text; word numbers without a word are left out."""
    words = [tokens.words[number] if tokens.words else str(number) for number in _word_numbers(tokens, row)]
    present = [word for word in words if word]
    return " ".join(present[:MAX_WORDS]) + (" …" if len(present) > MAX_WORDS else "")


def _word_numbers(tokens: Tokens, row: int) -> list[int]:
    split, index = locate_row(tokens, row)
    start, stop = tokens.offsets[split][index : index + 2]
    return [int(number) for number in tokens.ids[split][start:stop]]
