"""The columns of predictions beside those that are carried along."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.inference.predictor import Predictions, TargetPrediction

PREFIX = "predicted_"
OutputColumns = dict[str, list[Any]]


def prediction_columns(predictions: Predictions, taken: Collection[str]) -> OutputColumns:
    """The columns of all targets. `taken` are the names of the columns that are carried along.

    If a name of a target's columns is taken, all of them begin with `predicted_`.
    """
    columns: OutputColumns = {}
    for target, prediction in predictions.items():
        own = _target_columns(target, prediction)
        prefix = ""
        while any(prefix + name in taken or prefix + name in columns for name in own):
            prefix += PREFIX
        columns |= {prefix + name: values for name, values in own.items()}
    return columns


def _target_columns(target: str, prediction: TargetPrediction) -> OutputColumns:
    if prediction.probabilities is None:
        return _value_columns(target, prediction)
    classes = prediction.spec.classes
    assert classes is not None
    chosen = prediction.predicted.tolist()
    probabilities = prediction.probabilities
    return {
        target: [classes[number] for number in chosen],
        f"{target}_probability": short_floats(probabilities[np.arange(len(chosen)), chosen]),
        **{f"{target}_p_{name}": short_floats(probabilities[:, n]) for n, name in enumerate(classes)},
    }


def _value_columns(target: str, prediction: TargetPrediction) -> OutputColumns:
    """A target of one column has its own name, others those of the columns."""
    columns = prediction.spec.columns
    names = [target] if len(columns) == 1 else columns
    found: OutputColumns = {}
    for end, values in (("", prediction.predicted), ("_lower", prediction.lower), ("_upper", prediction.upper)):
        if values is not None:
            found |= {f"{name}{end}": short_floats(values[:, n]) for n, name in enumerate(names)}
    return found


def short_floats(values: NDArray[Any]) -> list[float]:
    """Floats whose shortest text reads back to the same bits, as 32 bits if the values are of 32 bits.

    >>> short_floats(np.array([0.1], np.float32)), float(np.float32(0.1))
    ([0.1], 0.10000000149011612)
    """
    if values.dtype == np.float32:
        values = values.astype(np.str_).astype(np.float64)
    found: list[float] = values.tolist()
    return found


def block_columns(carried: Mapping[str, Sequence[Any]], predictions: Predictions) -> dict[str, Sequence[Any]]:
    """The carried columns and those of all targets."""
    return dict(carried) | prediction_columns(predictions, carried)
