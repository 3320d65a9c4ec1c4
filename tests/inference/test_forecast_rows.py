from dataclasses import replace

import numpy as np
import pytest

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.inference.forecast_rows import forecast_rows
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.predictor import Forecast, TargetPrediction
from stages.inference.read.values.read_times import TimeReader
from stages.inference.write.write_predictions import prediction_records

SCHEMA = InputSchema(key="plants", kind="series", columns=[InputColumn(name="day", type="time")], time="day", rows=2)
SPEC = TargetSpec(column=NumberColumns(columns=["height", "width"]), step_count=2)
VALUES = np.array([[1.0, 2.0, 3.0, 4.0]])
TWO_STEPS = Forecast(
    {"y": TargetPrediction(SPEC, VALUES, lower=VALUES - 1, upper=VALUES + 1)},
    range(1, 3),
    np.array(["2020-01-31", "2020-02-29"], "M8[us]"),
)


def test_a_forecast_has_a_row_for_each_step_ahead() -> None:
    bounds = ("height_lower", "width_lower", "height_upper", "width_upper")
    assert prediction_records(*forecast_rows(TWO_STEPS, SCHEMA)) == [
        {"day": "2020-01-31", "step": 1, "height": 1, "width": 2} | dict(zip(bounds, (0, 1, 2, 3), strict=True)),
        {"day": "2020-02-29", "step": 2, "height": 3, "width": 4} | dict(zip(bounds, (2, 3, 4, 5), strict=True)),
    ]


def test_times_in_the_format_of_the_data() -> None:
    block, _ = forecast_rows(TWO_STEPS, SCHEMA.model_copy(update={"time_format": "%d.%m.%Y"}))
    assert block.carried["day"] == ["31.01.2020", "29.02.2020"]


@pytest.mark.parametrize("time_format", ["epoch_s", "epoch_ms", "epoch_us", "ISO8601", None])
def test_times_that_are_read_back_by_the_format_of_the_data(time_format: str | None) -> None:
    block, _ = forecast_rows(TWO_STEPS, SCHEMA.model_copy(update={"time_format": time_format}))
    read = TimeReader([], time_format, required=True)(block.carried["day"])
    assert read.wrong == {}
    np.testing.assert_array_equal(np.asarray(read.values), TWO_STEPS.times)


def test_times_after_the_year_9999_are_left_out() -> None:
    late = replace(TWO_STEPS, times=np.array(["9999-12-31", "10000-01-01"], "M8[us]"))
    block, _ = forecast_rows(late, SCHEMA.model_copy(update={"time_format": "%d.%m.%Y"}))
    assert list(block.carried) == ["step"]


def test_without_times() -> None:
    block, _ = forecast_rows(replace(TWO_STEPS, times=None), SCHEMA)
    assert list(block.carried) == ["step"]
    assert len(block) == 2


def test_a_class_has_one_step() -> None:
    spec = TargetSpec(column=ClassLabels(columns=["state"], encoding="integer", classes=["dry", "wet"]))
    prediction = TargetPrediction(spec, np.array([1]), np.array([[0.25, 0.75]], np.float32))
    block, predictions = forecast_rows(Forecast({"state": prediction}, range(3, 4), None), SCHEMA)
    assert [(row["step"], row["state"]) for row in prediction_records(block, predictions)] == [(3, "wet")]
