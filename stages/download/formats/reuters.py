"""Keras' Reuters: lists of word ranks, which become ids as Keras delivers them, in the splits that it makes."""

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw import Tokens
from stages.core.errors import UserError
from stages.download.formats.bounded_reading import Counted, Opens, sound
from stages.download.formats.check_images import Array
from stages.download.formats.npz import read_npz
from stages.download.params import Limits, Newswires

Ids = NDArray[np.int64]
TRAIN, TEST = "train", "test"
RESERVED = ("<padding>", "<start>", "<unknown>")
LARGEST = 1 << 31


def read_newswires(content: Opens, form: Newswires, limits: Limits) -> Tokens:
    lists, numbers = read_npz(content, [form.ranks, form.labels], limits)
    ranks, offsets = flat(lists, limits.bytes)
    labels = _labels(numbers, len(offsets) - 1)
    ids, offsets = started(ranks + form.index_from, offsets, form.start)
    rows = shuffled(len(labels), form.test, form.seed)
    texts = {split: taken(ids, offsets, chosen) for split, chosen in rows.items()}
    return Tokens(
        ids={split: text_ids for split, (text_ids, _) in texts.items()},
        offsets={split: text_offsets for split, (_, text_offsets) in texts.items()},
        labels={split: labels[chosen] for split, chosen in rows.items()},
        classes=form.classes,
    )


def flat(lists: Any, most: int) -> tuple[Ids, Ids]:
    """All of them one after another, and where each begins; one list may stand in the file for many.

    >>> flat([[7, 8], [9]], 100)
    (array([7, 8, 9]), array([0, 2, 3]))
    """
    if not isinstance(lists, list) or not all(type(each) is list for each in lists):
        raise UserError("an array of lists is expected, one of word ranks for every text")
    offsets = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    if offsets[-1] * offsets.itemsize > most:
        raise UserError(f"{offsets[-1]:,} words; limits.bytes allows {most // offsets.itemsize:,}")
    if not all(type(rank) is int and 0 <= rank < LARGEST for rank in chain.from_iterable(lists)):
        raise UserError(f"a word's rank must be a whole number from 0 to {LARGEST - 1:,}")
    return np.fromiter(chain.from_iterable(lists), np.int64, int(offsets[-1])), offsets


def started(ids: Ids, offsets: Ids, start: int) -> tuple[Ids, Ids]:
    """Each text with the mark that it starts.

    >>> started(np.array([7, 8, 9]), np.array([0, 2, 3]), 1)
    (array([1, 7, 8, 1, 9]), array([0, 3, 5]))
    """
    return np.insert(ids, offsets[:-1], start), offsets + np.arange(len(offsets))


def shuffled(count: int, test: float, seed: int) -> dict[str, Ids]:
    """The rows of each split, by the very calls that `keras.datasets.reuters.load_data` makes."""
    rows = np.arange(count)
    np.random.RandomState(seed).shuffle(rows)
    cut = int(count * (1 - test))
    return {TRAIN: rows[:cut], TEST: rows[cut:]}


def taken(ids: Ids, offsets: Ids, rows: Ids) -> tuple[Ids, Ids]:
    """These texts, in this order.

    >>> taken(np.array([7, 8, 9]), np.array([0, 2, 3]), np.array([1, 0]))
    (array([9, 7, 8]), array([0, 1, 3]))
    """
    texts = [ids[offsets[row] : offsets[row + 1]] for row in rows]
    begins = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    return np.concatenate([ids[:0], *texts]), begins


def _labels(labels: Any, count: int) -> Array:
    if not isinstance(labels, np.ndarray) or labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise UserError("labels must be whole numbers, one for every text")
    if len(labels) != count:
        raise UserError(f"{count} texts and {len(labels)} labels; one label a text")
    if count and not 0 <= labels.min() <= labels.max() < LARGEST:
        raise UserError(f"labels go from {labels.min()} to {labels.max()}; they number classes")
    return labels.astype(np.min_scalar_type(int(labels.max(initial=0))))


def read_words(content: Opens, form: Newswires, limits: Limits, largest: int) -> list[str]:
    """A word for every id; "" where there is none."""
    ranks = _ranks(content, limits)
    words = [""] * (max(len(ranks) + form.index_from, largest) + 1)
    words[: form.index_from] = _reserved(form)
    for word, rank in ranks.items():
        words[rank + form.index_from] = word
    return words


def _reserved(form: Newswires) -> Sequence[str]:
    """What ids below the first word stand for, by Keras' custom."""
    usual = form.start == RESERVED.index("<start>") and form.index_from >= len(RESERVED)
    return [*RESERVED, *[""] * (form.index_from - len(RESERVED))] if usual else [""] * form.index_from


def _ranks(content: Opens, limits: Limits) -> Mapping[str, int]:
    with content() as file, sound("JSON", ValueError, RecursionError):
        ranks = json.loads(Counted(file, limits.bytes).read())
    if not isinstance(ranks, dict) or not all(type(rank) is int for rank in ranks.values()):
        raise UserError("a JSON object is expected that has the rank of every word")
    if sorted(ranks.values()) != list(range(1, len(ranks) + 1)):
        raise UserError(f"the ranks of {len(ranks):,} words must be 1 to {len(ranks):,}, each once")
    return ranks
