"""A forecast as rows: one for each step ahead, with its time."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.inference.input_schema import InputSchema
from stages.inference.predictor import Forecast, Predictions, TargetPrediction
from stages.inference.raw_rows import RawRows
from stages.inference.read.row_block import RowBlock

STEP = "step"


def forecast_rows(forecast: Forecast, schema: InputSchema) -> tuple[RowBlock, Predictions]:
    """The carried columns are the time, where it is known, and how many rows after the last known one each row is."""
    steps = [*forecast.steps]
    carried: dict[str, list[object]] = {}
    if forecast.times is not None and schema.time is not None:
        carried[schema.time] = [time_text(time, schema.time_format) for time in forecast.times]
    carried[STEP] = [*steps]
    block = RowBlock(RawRows({}, len(steps)), np.arange(1, len(steps) + 1), carried)
    return block, {name: row_for_each_step(prediction) for name, prediction in forecast.predictions.items()}


def row_for_each_step(prediction: TargetPrediction) -> TargetPrediction:
    if prediction.probabilities is not None:
        return prediction
    width = len(prediction.spec.columns)

    def of_steps(values: NDArray[Any]) -> NDArray[Any]:
        return values.reshape(-1, width)

    return replace(
        prediction,
        spec=prediction.spec.model_copy(update={"step_count": 1}),
        predicted=of_steps(prediction.predicted),
        lower=None if prediction.lower is None else of_steps(prediction.lower),
        upper=None if prediction.upper is None else of_steps(prediction.upper),
    )


def time_text(time: np.datetime64, time_format: str | None) -> str:
    """
    >>> time_text(np.datetime64("2020-01-31T00:00:00.000000"), None), time_text(np.datetime64("2020-01-31"), "%m/%Y")
    ('2020-01-31', '01/2020')
    """
    if time_format is not None:
        return str(time.astype("datetime64[us]").item().strftime(time_format))
    return str(time.astype("datetime64[us]")).removesuffix(".000000").removesuffix("T00:00:00")
