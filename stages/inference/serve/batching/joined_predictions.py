"""Which rows of several requests can be one batch, and its predictions as those of each request."""

from collections.abc import Hashable, Sequence
from dataclasses import fields, replace
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.inference.new_rows.raw_rows import RawRows, RawValues
from stages.inference.predictor import Predictions, TargetPrediction


def form_of_rows(rows: RawRows) -> Hashable:
    """Rows of the same form can be joined without a change of any value: NumPy would turn 1 beside 1.5 into 1.0."""
    return tuple((name, *_form_of_values(values)) for name, values in rows.columns.items())


def _form_of_values(values: RawValues) -> tuple[Hashable, ...]:
    match values:
        case PictureValues():
            return "pictures", values.pixels.shape[1:]
        case RaggedRows():
            return "ragged", values.ids.dtype, values.weights is None
        case _:
            return values.dtype, values.shape[1:]


def split_predictions(predictions: Predictions, counts: Sequence[int]) -> list[Predictions]:
    """The predictions of parts with so many rows each."""
    if len(counts) == 1:
        return [predictions]
    return [
        {name: target[start:stop] for name, target in predictions.items()}
        for start, stop in pairwise(accumulate(counts, initial=0))
    ]


def join_predictions(parts: Sequence[Predictions]) -> Predictions:
    if len(parts) == 1:
        return parts[0]
    return {name: _join_target([part[name] for part in parts]) for name in parts[0]}


def _join_target(parts: Sequence[TargetPrediction]) -> TargetPrediction:
    arrays = [_arrays(part) for part in parts]
    joined: dict[str, Any] = {name: np.concatenate([part[name] for part in arrays]) for name in arrays[0]}
    return replace(parts[0], **joined)


def _arrays(target: TargetPrediction) -> dict[str, Any]:
    values = {field.name: getattr(target, field.name) for field in fields(target)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
