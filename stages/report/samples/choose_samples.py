"""Which samples are shown."""

from collections.abc import Sequence
from itertools import chain, islice, zip_longest

import numpy as np


def evenly_spaced(samples: int, max_count: int) -> list[int]:
    """
    >>> evenly_spaced(9, 3), evenly_spaced(2, 5)
    ([0, 4, 8], [0, 1])
    """
    return [round(index) for index in np.linspace(0, samples - 1, min(max_count, samples)).tolist()]


def in_turn(by_class: Sequence[Sequence[int]], max_count: int) -> list[int]:
    """Samples to show: the first ones of each class in turn.

    >>> in_turn([[3, 4], [0, 1, 2], [5]], 4)
    [3, 0, 5, 4]
    """
    samples = chain.from_iterable(zip_longest(*by_class))
    return list(islice((sample for sample in samples if sample is not None), max_count))
