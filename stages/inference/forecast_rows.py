"""A forecast as rows: one for each step ahead, with its time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.time_steps.usual_time_step import Times
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import Forecast, Predictions, TargetPrediction
from stages.inference.read.row_block import RowBlock
from stages.inference.read.values.read_times import ISO_8601, UNITS_PER_SECOND

STEP = "step"
# Later times have no text that formats can write.
LATEST = np.datetime64("9999-12-31T23:59:59.999999", "us")


def forecast_rows(forecast: Forecast, schema: InputSchema) -> tuple[RowBlock, Predictions]:
    """The carried columns are the time, where it is known, and how many rows after the last known one each row is."""
    steps = [*forecast.steps]
    carried: dict[str, Sequence[object]] = {}
    if forecast.times is not None and schema.time is not None and (forecast.times <= LATEST).all():
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
        level=prediction.level,
    )


def time_texts(times: Times, time_format: str | None) -> list[str]:
    """In the format of the data; else as ISO 8601 writes them, without the time of day if all are midnights.

    >>> time_texts(np.array(["2020-01-31", "2020-02-01"], "M8[us]"), None)
    ['2020-01-31', '2020-02-01']
    >>> time_texts(np.array(["2020-01-31T06"], "M8[us]"), None), time_texts(np.array(["2020-01"], "M8[us]"), "%m/%Y")
    (['2020-01-31T06:00:00'], ['01/2020'])
    >>> time_texts(np.array(["1970-01-02T00:00:00", "1970-01-02T00:00:00.5"], "M8[us]"), "epoch_s")
    ['86400', '86400.5']
    """
    if time_format in UNITS_PER_SECOND:
        return _counts(times, UNITS_PER_SECOND[time_format])
    if time_format is not None and time_format != ISO_8601:
        return [time.strftime(time_format) for time in times.astype("M8[us]").tolist()]
    texts = [str(time) for time in times.astype("M8[us]")]
    for end in (".000000", "T00:00:00"):
        if all(text.endswith(end) for text in texts):
            texts = [text.removesuffix(end) for text in texts]
    return texts


def _counts(times: Times, units_per_second: int) -> list[str]:
    """The units since 1970, with a fraction where there is one."""
    unit = 1_000_000 // units_per_second
    counts = times.astype("M8[us]").astype(np.int64).tolist()
    return [str(count // unit) if count % unit == 0 else repr(count / unit) for count in counts]
