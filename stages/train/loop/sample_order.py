"""The order of the samples of an epoch."""

import numpy as np
from numpy.typing import NDArray


def sample_order(seed: int, epoch: int, samples: int, shuffle: bool) -> NDArray[np.int32]:
    order = np.arange(samples, dtype=np.int32)
    if shuffle:
        np.random.default_rng([seed, epoch]).shuffle(order)
    return order
