"""How much the outputs of a LiteRT model may differ from those of the Keras model that it was made of."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

# Both compute in 32 bits, and add in another order. About 1e-6 was the most that differed in any architecture.
TOLERANCE = 1e-5


def largest_difference(
    expected: Mapping[str, NDArray[np.float32]], outputs: Mapping[str, NDArray[np.float32]]
) -> float:
    """Over all targets, relative to the largest expected value of a target, or to 1 if that is larger.

    Infinite if only one of two values is a finite number.

    >>> largest_difference({"y": np.array([[1.0], [-50.0]])}, {"y": np.array([[1.5], [-50.0]])})
    0.01
    """
    return max(_difference(values.astype(np.float64), outputs[name]) for name, values in expected.items())


def _difference(expected: NDArray[np.float64], outputs: NDArray[np.float32]) -> float:
    finite = np.isfinite(expected)
    if not np.array_equal(expected[~finite], outputs[~finite], equal_nan=True):
        return float("inf")
    if not finite.any():
        return 0.0
    differences = np.abs(expected[finite] - outputs[finite])
    largest = float(differences.max()) / max(1.0, float(np.abs(expected[finite]).max()))
    return largest if np.isfinite(largest) else float("inf")
