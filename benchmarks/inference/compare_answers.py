"""How far the answers of a model are from those that evaluate measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.inference.answers import Answers, arrays_of
from stages.core.errors import UserError


@dataclass(frozen=True)
class Difference:
    """`largest` is that of probabilities as they are, and of values as a share of the largest expected one.

    `classes` is the number of rows with another class. `same_bits` says that all values have the same bits.
    """

    rows: int
    largest: float
    classes: int
    same_bits: bool

    def __str__(self) -> str:
        """
        >>> str(Difference(150, 0.0, 0, True)), str(Difference(150, 1.23e-7, 1, False))
        ('none', '1.2e-07 (1 other class)')
        """
        if self.same_bits:
            return "none"
        classes = f" ({self.classes} other class{'es' if self.classes > 1 else ''})" if self.classes else ""
        return f"{self.largest:.1e}{classes}"


def compare_answers(expected: Answers, found: Answers) -> Difference:
    """The first forecasts can be absent from `found`: an interval can need more known rows than they have."""
    expected = expected[len(expected) - len(found) :]
    if not len(found) or not np.array_equal(expected.rows, found.rows):
        raise UserError("the answers are not those to the rows that evaluate measured")
    pairs = [
        (name, array, other)
        for target, prediction in expected.predictions.items()
        for name, array, other in _pairs(arrays_of(prediction), arrays_of(found.predictions[target]))
    ]
    numbers = [_largest(name, array, other) for name, array, other in pairs if array.dtype.kind == "f"]
    classes = sum(int((array != other).sum()) for _, array, other in pairs if array.dtype.kind != "f")
    same = all(array.dtype == other.dtype and array.tobytes() == other.tobytes() for _, array, other in pairs)
    return Difference(len(found), float(np.max(numbers)), classes, same)


def _pairs(
    expected: Mapping[str, NDArray[Any]], found: Mapping[str, NDArray[Any]]
) -> Sequence[tuple[str, NDArray[Any], NDArray[Any]]]:
    if expected.keys() != found.keys():
        raise UserError(f"evaluate gives {', '.join(expected)}, and the model {', '.join(found)}")
    return [(name, array, found[name]) for name, array in expected.items()]


def _largest(name: str, expected: NDArray[Any], found: NDArray[Any]) -> float:
    """No number if one of the two values is none."""
    scale = 1.0 if name == "probabilities" else float(np.abs(expected).max()) or 1.0
    return float(np.abs(expected.astype(np.float64) - found).max()) / scale
