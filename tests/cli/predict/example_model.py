"""A model that needs no Keras: its outputs are simple sums of the inputs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from stages.cli.predict.trained_model import TrainedModel
from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.profile import Profile
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.inference.distance.column_distances import DistanceLimits
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import Predictor
from stages.inference.run_model import RunModel
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import values_of_column

TRAINING = TrainingRecord(
    best_epoch=1, epochs=1, monitor="loss", kept="last", loss={}, parameters=1, trainable=1, layers=[],
    engine="keras", threads=1, seeds=[], pinned={}, versions={},
)  # fmt: skip


@dataclass(frozen=True)
class ExampleModel(TrainedModel):
    run: RunModel

    def load(self) -> Predictor:
        return Predictor(self.fitted, self.settings, self.run, 4)


def class_model() -> ExampleModel:
    """The class is `yes` if a + b is above 1, with this sum halved as its probability. 0 to 1 is accepted."""
    fitted = Fitted(
        inputs={"x": InputSpec(column=NumberColumns(columns=["a", "b"]), shape=[2])},
        targets={"y": TargetSpec(column=ClassLabels(columns=["y"], encoding="integer", classes=["no", "yes"]))},
        splits={},
    )
    schema = InputSchema(
        key="tiny", kind="table", columns=[InputColumn(name="a", type="number"), InputColumn(name="b", type="number")]
    )

    def run(inputs):
        return {"y": inputs["x"].sum(axis=1, keepdims=True).astype(np.float32) / 2}

    columns = {name: values_of_column(pd.Series([0.0, 1.0])) for name in "ab"}
    accepted: Profile = compute_profile(columns, 2, {})
    return ExampleModel("tiny", Path(), schema, fitted, OutputSettings(), TRAINING, accepted, DistanceLimits(), run)


def series_model() -> ExampleModel:
    """Forecasts the next two values: the last one plus 10 and plus 20."""
    values = NumberColumns(columns=["value"])
    window = Window(length=2, horizon=2, steps="all")
    fitted = Fitted(
        inputs={"x": InputSpec(column=values, shape=[2, 1])},
        targets={"value": TargetSpec(column=values, step_count=2)},
        splits={"train": 3, "test": 1},
        window=window,
    )
    schema = InputSchema(
        key="monthly",
        kind="series",
        columns=[InputColumn(name="month", type="time"), InputColumn(name="value", type="number")],
        time="month",
        rows=2,
    )

    def run(inputs):
        return {"value": inputs["x"][:, -1] + np.array([[10, 20]], np.float32)}

    return ExampleModel("monthly", Path(), schema, fitted, OutputSettings(), TRAINING, None, DistanceLimits(), run)
