"""The columns of predictions beside those that are carried along."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.time_steps.usual_time_step import Times
from stages.inference.predictor import Forecast, Predictions, TargetPrediction

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
    """A target of one column has its own name, others those of the columns. There is a row for each step ahead."""
    columns = prediction.spec.columns
    names = [target] if len(columns) == 1 else columns

    def by_name(values: NDArray[Any], end: str) -> OutputColumns:
        rows = values.reshape(-1, len(columns))
        return {f"{name}{end}": short_floats(rows[:, n]) for n, name in enumerate(names)}

    found = by_name(prediction.predicted, "")
    for end, bound in (("_lower", prediction.lower), ("_upper", prediction.upper)):
        found |= {} if bound is None else by_name(bound, end)
    return found


def forecast_columns(forecast: Forecast, time: str | None) -> OutputColumns:
    """The steps ahead, their times in a column that is named as in the data, and the columns of all targets."""
    columns: OutputColumns = {"step": list(forecast.steps)}
    if forecast.times is not None:
        columns[time or "time"] = time_texts(forecast.times)
    return columns | prediction_columns(forecast.predictions, columns)


def time_texts(times: Times) -> list[str]:
    """ISO 8601: dates, if all times are midnights.

    >>> time_texts(np.array(["2020-01-31", "2020-02-01"], "M8[us]")), time_texts(np.array(["2020-01-31T06"], "M8[us]"))
    (['2020-01-31', '2020-02-01'], ['2020-01-31T06:00:00'])
    """
    texts = [str(time) for time in times.astype("M8[us]")]
    for end in (".000000", "T00:00:00"):
        if all(text.endswith(end) for text in texts):
            texts = [text.removesuffix(end) for text in texts]
    return texts


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
