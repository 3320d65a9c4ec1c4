"""The order of the samples of an epoch, a window of samples at a time."""

from collections.abc import Iterator
from math import ceil

import numpy as np
from numpy.typing import NDArray

from stages.train.loop.sample_order import sample_order
from stages.train.loop.streaming.data_size import ShuffleSizes


def sample_windows(
    seed: int, epoch: int, samples: int, sizes: ShuffleSizes, shuffle: bool
) -> Iterator[NDArray[np.int32]]:
    """Yield the numbers of the samples of each window. The order depends on (seed, epoch) and the sizes alone.

    The samples are cut into blocks of consecutive samples. The blocks come in random order, and the samples of a window
    of blocks are shuffled together: a window is read from few places of a file. Samples that fit into one window are
    in the order of `sample_order`.

    >>> [window.tolist() for window in sample_windows(0, 1, 7, ShuffleSizes(window=4, block=2), shuffle=True)]
    [[0, 4, 1, 6], [2, 5, 3]]
    """
    if samples <= sizes.window:
        yield sample_order(seed, epoch, samples, shuffle)
    elif shuffle:
        yield from _shuffled_windows(np.random.default_rng([seed, epoch]), samples, sizes)
    else:
        for start in range(0, samples, sizes.window):
            yield np.arange(start, min(start + sizes.window, samples), dtype=np.int32)


def _shuffled_windows(generator: np.random.Generator, samples: int, sizes: ShuffleSizes) -> Iterator[NDArray[np.int32]]:
    blocks = generator.permutation(ceil(samples / sizes.block))
    # The last block may be smaller. Where each block ends in the random order of the blocks:
    ends = np.cumsum(np.minimum(sizes.block, samples - blocks * sizes.block))
    for start in range(0, samples, sizes.window):
        stop = min(start + sizes.window, samples)
        first, last = np.searchsorted(ends, start, "right"), np.searchsorted(ends, stop)
        numbers = np.concatenate(
            [
                np.arange(n * sizes.block, min((n + 1) * sizes.block, samples), dtype=np.int32)
                for n in blocks[first : last + 1]
            ]
        )
        skipped = start - (int(ends[first - 1]) if first else 0)
        window = numbers[skipped : skipped + stop - start]
        generator.shuffle(window)
        yield window
