"""Quantiles of values, as a model predicts them: its outputs have a block of `width` columns for each quantile."""

from collections.abc import Sequence
from typing import Any

import numpy as np

# The name of the loss in conf/ and in training.json.
PINBALL = "pinball"
MEDIAN = 0.5


def split_quantiles(outputs: Any, quantiles: Sequence[float], ops: Any = np) -> Any:
    """Return outputs as an array of shape [samples, quantiles, width]. `ops` is their array module.

    >>> split_quantiles(np.array([[1, 2, 3, 4, 5, 6]]), [0.1, 0.5, 0.9]).tolist()
    [[[1, 2], [3, 4], [5, 6]]]
    """
    return ops.reshape(outputs, (-1, len(quantiles), outputs.shape[-1] // len(quantiles)))


def pinball_loss(truth: Any, outputs: Any, quantiles: Sequence[float], ops: Any = np) -> Any:
    """Return the loss of each sample, the mean over its quantiles and columns.

    A value above its predicted quantile q costs q times the distance, and a value below it 1 - q times the distance.

    >>> pinball_loss(np.array([[10.0]]), np.array([[6.0, 11.0]]), [0.25, 0.5]).tolist()
    [0.75]
    """
    above = truth[:, None] - split_quantiles(outputs, quantiles, ops)
    levels = np.asarray(quantiles, np.float64 if outputs.dtype == np.float64 else np.float32)[:, None]
    return ops.mean(ops.maximum(levels * above, (levels - 1) * above), axis=(1, 2))
