"""Reads the stored rows of some samples from the files, in memory of their size."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.ragged_rows import Rows
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.artefacts.windows import Window
from stages.train.class_weights import ClassWeights, sample_weights
from stages.train.loop.batches import SampleArrays

Item = TypeVar("Item")


def read_samples(
    processed: ProcessedData, split: str, by_class: ClassWeights, samples: NDArray[np.integer[Any]]
) -> SampleArrays:
    """Return the rows of the samples in this order; those of a window are beside each other, see `window_of_read`."""
    stored, window = processed.splits[split], processed.fitted.window
    rows = samples
    if window is not None:
        rows = ((samples.astype(np.int64) * window.stride)[:, None] + np.arange(window.span)).ravel()
    return SampleArrays(
        {name: _take(array, rows) for name, array in stored.inputs.items()},
        {name: _take(array, rows) for name, array in stored.targets.items()},
        sample_weights(processed, split, by_class, samples),
    )


def window_of_read(window: Window | None) -> Window | None:
    """The window over rows from `read_samples`: none of them has rows of another."""
    return window and window.model_copy(update={"stride": window.span})


def _take(stored: Rows, rows: NDArray[np.integer[Any]]) -> Rows:
    if isinstance(stored, SharedRows):
        return _take(stored.values, stored.numbers[rows])
    # Of an array that is not contiguous, np.take would make a copy first.
    if isinstance(stored, np.ndarray) and stored.flags.c_contiguous:
        return np.take(np.asarray(stored), rows, axis=0)
    return stored[rows]


def read_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items, each of which is made in a thread while the one before is used."""
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        following = thread.submit(next, items, None)
        while (item := following.result()) is not None:
            following = thread.submit(next, items, None)
            yield item
