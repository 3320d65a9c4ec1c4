"""The Reuters newswires of Keras: lists of word ranks become word ids, in the same splits as Keras makes."""

import json
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows, offsets_from_lengths
from stages.core.artefacts.raw.raw_data import Tokens
from stages.core.errors import UserError
from stages.download.check_label_count import check_label_count
from stages.download.formats.arrays.npz import read_npz
from stages.download.formats.read_untrusted_files import (
    Array,
    BoundedStream,
    OpenFile,
    explain_damage,
)
from stages.download.params.file_params import Limits
from stages.download.params.format_params import Reuters

RESERVED_WORDS = ["<padding>", "<start>", "<unknown>"]
END = 1 << 31  # ranks and labels are smaller


def read_reuters(open_file: OpenFile, params: Reuters, limits: Limits) -> Tokens:
    lists, label_array = read_npz(open_file, [params.ranks, params.labels], limits)
    ranks = flatten(lists, limits.bytes)
    labels = _check_labels(label_array, len(ranks))
    texts = insert_start(RaggedRows(ranks.ids + params.index_from, ranks.offsets), params.start)
    rows = shuffled_splits(len(texts), params.test, params.seed)
    splits = {split: texts[numbers] for split, numbers in rows.items()}
    return Tokens(
        ids={split: rows.ids for split, rows in splits.items()},
        offsets={split: rows.offsets for split, rows in splits.items()},
        labels={split: labels[numbers] for split, numbers in rows.items()},
        classes=params.classes,
    )


def flatten(lists: Any, max_bytes: int) -> RaggedRows:
    """The lists as rows. Their total length is checked, since a pickle can contain the same list many times.

    >>> flatten([[7, 8], [9]], 100)
    RaggedRows(ids=array([7, 8, 9]), offsets=array([0, 2, 3]), weights=None)
    """
    if not isinstance(lists, list) or not all(type(each) is list for each in lists):
        raise UserError("an array of lists is expected, one list of word ranks per text")
    offsets = offsets_from_lengths(np.array([len(each) for each in lists], np.int64))
    total = int(offsets[-1])
    if total * offsets.itemsize > max_bytes:
        raise UserError(f"{total:,} words; limits.bytes allows {max_bytes // offsets.itemsize:,}")
    if not all(type(rank) is int and 0 <= rank < END for rank in chain.from_iterable(lists)):
        raise UserError(f"a word's rank must be a whole number from 0 to {END - 1:,}")
    return RaggedRows(np.fromiter(chain.from_iterable(lists), np.int64, total), offsets)


def insert_start(texts: RaggedRows, start: int) -> RaggedRows:
    """Each text with the id `start` before its first word.

    >>> insert_start(RaggedRows(np.array([7, 8, 9]), np.array([0, 2, 3])), 1)
    RaggedRows(ids=array([1, 7, 8, 1, 9]), offsets=array([0, 3, 5]), weights=None)
    """
    return RaggedRows(np.insert(texts.ids, texts.offsets[:-1], start), texts.offsets + np.arange(len(texts.offsets)))


def shuffled_splits(count: int, test: float, seed: int) -> dict[str, NDArray[np.int64]]:
    """The row numbers of each split, by the same calls as in `keras.datasets.reuters.load_data`."""
    rows = np.arange(count)
    np.random.RandomState(seed).shuffle(rows)
    train_count = int(count * (1 - test))
    return {"train": rows[:train_count], "test": rows[train_count:]}


def _check_labels(labels: Any, count: int) -> Array:
    if not isinstance(labels, np.ndarray) or labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise UserError("labels must be whole numbers, one per text")
    check_label_count(count, len(labels), "texts")
    if count and not 0 <= labels.min() <= labels.max() < END:
        raise UserError(f"labels must be class numbers of 0 or more; received {labels.min()} to {labels.max()}")
    return labels.astype(np.min_scalar_type(int(labels.max(initial=0))))


def read_words(open_file: OpenFile, params: Reuters, limits: Limits, largest_id: int) -> list[str]:
    """The word of every id, "" for ids without a word."""
    with open_file() as file, explain_damage("JSON", ValueError, RecursionError):
        ranks = json.loads(BoundedStream(file, limits.bytes).read())
    if not isinstance(ranks, dict) or not all(type(rank) is int for rank in ranks.values()):
        raise UserError("a JSON object with the rank of every word is expected")
    if sorted(ranks.values()) != list(range(1, len(ranks) + 1)):
        raise UserError(f"the ranks of {len(ranks):,} words must be 1 to {len(ranks):,}, each once")
    words = [""] * (max(len(ranks) + params.index_from, largest_id) + 1)
    if params.start == RESERVED_WORDS.index("<start>") and params.index_from >= len(RESERVED_WORDS):
        words[: len(RESERVED_WORDS)] = RESERVED_WORDS
    for word, rank in ranks.items():
        words[rank + params.index_from] = word
    return words
