"""Held-out samples that have the very inputs of a training sample."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ProcessedSplit, Rows
from stages.core.artefacts.ragged_rows import RaggedRows

Prints = NDArray[np.uint64]
PIECE = 4096


def seen_in_training(parts: Mapping[str, ProcessedSplit]) -> dict[str, int]:
    """How many of each held-out split's samples; all are compared by a quick print, and only likely ones in full."""
    prints = {name: _prints(part) for name, part in parts.items()}
    return {
        name: _twins(part, prints[name], parts[TRAIN], prints[TRAIN]) for name, part in parts.items() if name != TRAIN
    }


def _twins(part: ProcessedSplit, prints: Prints, training: ProcessedSplit, known: Prints) -> int:
    likely = np.flatnonzero(_among(prints, known))
    if not len(likely):
        return 0
    contents = set(_contents(training, np.flatnonzero(_among(known, prints[likely]))))
    return sum(content in contents for content in _contents(part, likely))


def _among(prints: Prints, others: Prints) -> NDArray[np.bool_]:
    ordered = np.sort(others)
    nearest = np.minimum(np.searchsorted(ordered, prints), len(ordered) - 1)
    among: NDArray[np.bool_] = ordered[nearest] == prints
    return among


def _contents(part: ProcessedSplit, samples: Iterable[Any]) -> Iterator[bytes]:
    """A short digest stands for each sample: the samples themselves would be held twice."""
    for sample in samples:
        content = hashlib.blake2b(digest_size=16)
        for rows in part.inputs.values():
            content.update(np.ascontiguousarray(_row(rows, sample)).tobytes())
        yield content.digest()


def _row(rows: Rows, number: int) -> NDArray[Any]:
    if isinstance(rows, RaggedRows):
        return rows.ids[rows.offsets[number] : rows.offsets[number + 1]]
    row: NDArray[Any] = rows[number]
    return row


def _prints(part: ProcessedSplit) -> Prints:
    """Equal samples have equal prints; of others very few have."""
    found = [_printed(rows, place) for place, rows in enumerate(part.inputs.values())]
    prints: Prints = np.add.reduce(found)
    return prints


def _printed(rows: Rows, place: int) -> Prints:
    if isinstance(rows, RaggedRows):
        marks = _weights(int(rows.ids.max(initial=0)) + 1, place)
        running = np.concatenate([[np.uint64(0)], np.cumsum(marks[rows.ids], dtype=np.uint64)])
        ragged: Prints = np.diff(running[rows.offsets])
        return ragged
    words = _words(rows)
    weights = _weights(words.shape[1], place)
    return np.concatenate([words[n : n + PIECE].astype(np.uint64) @ weights for n in range(0, len(words), PIECE)])


def _words(rows: NDArray[Any]) -> NDArray[Any]:
    """The bytes of each row, as few numbers as they fill."""
    flat = np.ascontiguousarray(rows).reshape(len(rows), -1).view(np.uint8)
    size = next(size for size in (8, 4, 2, 1) if flat.shape[1] % size == 0)
    return flat.view(f"u{size}")


def _weights(many: int, place: int) -> Prints:
    """Odd, so that one word that differs always shows."""
    return np.random.default_rng(place).integers(0, 2**63, many, np.uint64) * np.uint64(2) + np.uint64(1)
