"""Texts become the word numbers that download would have stored."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from stages.core.artefacts.raw.ragged_rows import RaggedRows, offsets_from_lengths
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import format_value
from stages.inference.input_schema import InputSchema, WordNumbers
from stages.inference.read.texts.words_of_text import words_of_text

# No vocabulary has so many words: preprocess makes of it what it makes of every word outside of the vocabulary.
UNKNOWN = np.iinfo(np.int64).max
# What is wrong with a value, by its position.
Wrong = dict[int, str]


def tokens_from_texts(texts: Sequence[str], schema: InputSchema) -> RaggedRows:
    """The word numbers of each text, after the number that every text begins with.

    Raises UserError if the dataset came without its words.
    """
    words = word_numbers(schema)
    return _rows([_ids(text, words) for text in texts])


def word_values(values: Sequence[Any], schema: InputSchema) -> tuple[RaggedRows, Wrong]:
    """The word numbers of texts, or of lists that are word numbers already, and what is wrong, by position.

    A value that is wrong has no word numbers.
    """
    rows: list[list[int]] = []
    wrong: Wrong = {}
    for position, value in enumerate(values):
        if problem := _problem(value):
            wrong[position] = problem
            rows.append([])
        else:
            rows.append(_ids(value, word_numbers(schema)) if isinstance(value, str) else value)
    return _rows(rows), wrong


def word_numbers(schema: InputSchema) -> WordNumbers:
    if schema.word_numbers is None:
        raise UserError("the dataset has word numbers without the words; give an npz file with word numbers")
    return schema.word_numbers


def _problem(value: Any) -> str | None:
    match value:
        case str():
            return None if value.strip() else "no text"
        case list() if value:
            is_number = all(type(number) is int and 0 <= number < UNKNOWN for number in value)
            return None if is_number else "a list with something else than word numbers"
        case None | []:
            return "no text"
        case _:
            return f"{format_value(value)} is neither a text nor a list of word numbers"


def _ids(text: str, words: WordNumbers) -> list[int]:
    ids = [words.number_by_word.get(word, UNKNOWN) for word in words_of_text(text)]
    return ids if words.start is None else [words.start, *ids]


def _rows(rows: Sequence[Sequence[int]]) -> RaggedRows:
    offsets = offsets_from_lengths(np.array([len(row) for row in rows], np.int64))
    return RaggedRows(np.fromiter(chain.from_iterable(rows), np.int64, int(offsets[-1])), offsets)
