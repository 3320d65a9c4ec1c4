"""Which samples are shown."""

from itertools import chain, islice, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray


def choose_samples(samples: int, classes: NDArray[Any] | None, max_count: int) -> list[int]:
    """Indices of samples to show: the first ones of each class in turn, or evenly distributed without classes.

    >>> choose_samples(6, np.array([1, 1, 1, 0, 0, 2]), 4), choose_samples(9, None, 3), choose_samples(2, None, 5)
    ([3, 0, 5, 4], [0, 4, 8], [0, 1])
    """
    if classes is None:
        return [round(index) for index in np.linspace(0, samples - 1, min(max_count, samples)).tolist()]
    by_class = [np.flatnonzero(classes == c)[:max_count].tolist() for c in np.unique(classes)]
    in_turn = chain.from_iterable(zip_longest(*by_class))
    return list(islice((index for index in in_turn if index is not None), max_count))
