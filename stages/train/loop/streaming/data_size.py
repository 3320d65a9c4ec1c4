"""How large the training data are, and so whether they are held in memory, and how they are read if they are not.

All sizes depend on the data and the parameters alone, not on the machine: they decide the order of the samples.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData
from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows
from stages.core.artefacts.raw.shared_rows import SharedRows

# The arrays of the training and validation samples are held in memory if they have at most so many bytes.
IN_MEMORY_BYTES = 1 << 28
# The samples of a window are shuffled together. They are read from the files in any order, so that the operating system
# should be able to hold them.
WINDOW_BYTES = 1 << 28
WINDOW_SAMPLES = 1 << 22
# Consecutive samples, which the disk reads at once.
BLOCK_BYTES = 1 << 18


@dataclass(frozen=True)
class ShuffleSizes:
    """How many samples a window and a block have."""

    window: int
    block: int


def is_streamed(processed: ProcessedData) -> bool:
    """Whether the samples are read from the files in each epoch, since their arrays are not held in memory."""
    return stored_bytes(processed) > IN_MEMORY_BYTES


def stored_bytes(processed: ProcessedData) -> int:
    """The bytes of the arrays of the training and validation samples."""
    splits = [processed.splits[name] for name in (TRAIN, VALIDATION) if processed.has_split(name)]
    arrays = [array for split in splits for array in (*split.inputs.values(), *split.targets.values())]
    weights = [split.weights for split in splits if split.weights is not None]
    return sum(array.nbytes for array in (*arrays, *weights))


def shuffle_sizes(processed: ProcessedData, split: str, batch: int) -> ShuffleSizes:
    """A window has whole batches, at least one. A block has a power of two of samples."""
    of_sample = sample_bytes(processed, split)
    window = max(1, min(WINDOW_SAMPLES, WINDOW_BYTES // of_sample) // batch) * batch
    return ShuffleSizes(window, 1 << (max(1, BLOCK_BYTES // of_sample).bit_length() - 1))


def sample_bytes(processed: ProcessedData, split: str) -> int:
    """The bytes of the stored rows of a sample, about; a window over a series has several rows."""
    stored, window = processed.splits[split], processed.fitted.window
    arrays: Iterable[Rows] = (*stored.inputs.values(), *stored.targets.values())
    of_row = sum(map(_row_bytes, arrays)) + (0 if stored.weights is None else stored.weights.itemsize)
    return max(1, of_row) * (window.span if window else 1)


def _row_bytes(rows: Rows) -> int:
    if isinstance(rows, RaggedRows):
        return math.ceil(rows.nbytes / max(1, len(rows)))
    values = rows.values if isinstance(rows, SharedRows) else rows
    return math.ceil(values.nbytes / max(1, len(values)))
