"""How the outputs of a model become predictions: what evaluate has chosen or measured on validation rows."""

from typing import Literal

from stages.core.artefacts.records.evaluation import DecisionThreshold
from stages.core.artefacts.records.record import Record
from stages.inference.intervals.fitted_interval import FittedInterval

OUTPUT_SETTINGS_FILE = "output_settings.json"


class OutputSettings(Record):
    """`quantiles` are those that the model predicts of a target whose loss is `pinball`.

    `thresholds` has the targets with two classes whose threshold is not the default, the most probable class.
    `intervals` has the targets whose forecasts get an interval.
    """

    format_version: Literal[1] = 1
    quantiles: dict[str, list[float]] = {}
    thresholds: dict[str, DecisionThreshold] = {}
    intervals: dict[str, FittedInterval] = {}
