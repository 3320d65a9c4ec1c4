"""A forecast as rows: one for each step ahead, with its time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.time_steps.usual_time_step import Times
from stages.inference.input_schema import InputSchema
from stages.inference.predictor import Forecast, Predictions, TargetPrediction
from stages.inference.raw_rows import RawRows
from stages.inference.read.row_block import RowBlock

STEP = "step"


def forecast_rows(forecast: Forecast, schema: InputSchema) -> tuple[RowBlock, Predictions]:
    """The carried columns are the time, where it is known, and how many rows after the last known one each row is."""
    steps = [*forecast.steps]
    carried: dict[str, Sequence[object]] = {}
    if forecast.times is not None and schema.time is not None:
        carried[schema.time] = time_texts(forecast.times, schema.time_format)
    carried[STEP] = steps
    block = RowBlock(RawRows({}, len(steps)), np.arange(1, len(steps) + 1), carried)
    return block, {name: row_for_each_step(prediction) for name, prediction in forecast.predictions.items()}


def row_for_each_step(prediction: TargetPrediction) -> TargetPrediction:
    """Values of several steps ahead are columns; they become rows. A class has one step."""
    if prediction.probabilities is not None:
        return prediction
    width = len(prediction.spec.columns)

    def of_steps(values: NDArray[Any]) -> NDArray[Any]:
        return values.reshape(-1, width)

    return TargetPrediction(
        prediction.spec.model_copy(update={"step_count": 1}),
        of_steps(prediction.predicted),
        lower=None if prediction.lower is None else of_steps(prediction.lower),
        upper=None if prediction.upper is None else of_steps(prediction.upper),
    )


def time_texts(times: Times, time_format: str | None) -> list[str]:
    """In the format of the data; else as ISO 8601 writes them, without the time of day if all are midnights.

    >>> time_texts(np.array(["2020-01-31", "2020-02-01"], "M8[us]"), None)
    ['2020-01-31', '2020-02-01']
    >>> time_texts(np.array(["2020-01-31T06"], "M8[us]"), None), time_texts(np.array(["2020-01"], "M8[us]"), "%m/%Y")
    (['2020-01-31T06:00:00'], ['01/2020'])
    """
    if time_format is not None:
        return [time.strftime(time_format) for time in times.astype("M8[us]").tolist()]
    texts = [str(time) for time in times.astype("M8[us]")]
    for end in (".000000", "T00:00:00"):
        if all(text.endswith(end) for text in texts):
            texts = [text.removesuffix(end) for text in texts]
    return texts
