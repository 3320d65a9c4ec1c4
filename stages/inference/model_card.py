"""The facts about an exported model that its card states."""

from typing import Any, Literal

from pydantic import Field

from stages.core.artefacts.records.evaluation import (
    BestBaseline,
    DecisionThreshold,
    ForecastInterval,
    Headline,
    MetricsByTarget,
    SeedStatistics,
)
from stages.core.artefacts.records.record import Record

MODEL_CARD_FILE = "model_card.json"
# The most by which answers of the exported model differ from those of Keras, as a share of the largest one.
# Probabilities are compared with 1.
TOLERANCE = 1e-4
Engine = Literal["litert", "keras"]


class PredictedTarget(Record):
    """What is predicted: one of `classes`, or the values of `columns`, `steps` steps ahead.

    `threshold` is that of one of two classes; without it, the most probable class is predicted.
    """

    name: str
    columns: list[str]
    classes: list[str] | None = None
    steps: int = 1
    threshold: DecisionThreshold | None = Field(default=None, exclude_if=lambda threshold: threshold is None)


class DataFacts(Record):
    """`source` is what download recorded, the licence among it if it is known. `files` are the hashes of the raw data.

    `rows` and `samples` are the numbers of each split before and after preprocess. `period` is that of a series.
    `split` has the parameters of the split. `private` are the columns whose values are shown nowhere.
    """

    source: dict[str, Any]
    files: dict[str, str]
    rows: dict[str, int]
    samples: dict[str, int]
    split: dict[str, Any]
    period: tuple[str, str] | None = None
    private: list[str] = []


class Results(Record):
    """The metrics of `samples` rows of `split`, for the model and for the baselines, by target.

    `intervals` has the targets whose forecasts have an interval.
    """

    split: str
    samples: int
    metrics: MetricsByTarget
    baselines: dict[str, MetricsByTarget]
    headline: Headline
    best_baseline: BestBaseline
    seeds: SeedStatistics | None = None
    intervals: dict[str, ForecastInterval] = {}


class Checks(Record):
    """What validate found. `drifted` are the columns that drift from the accepted profile, if one was accepted."""

    expectations: int
    failed: int
    duplicates_across_splits: int
    profile_accepted: bool
    drifted: list[str] = []


class ModelCard(Record):
    """`reason` says why the model is not converted for LiteRT. `kept_rows` is the number of rows of the self-check.

    `inputs` are the hashes of the files that the folder was made from.
    """

    format_version: Literal[1] = 1
    key: str
    title: str
    about: str
    engine: Engine
    reason: str | None = None
    targets: list[PredictedTarget]
    data: DataFacts
    results: Results
    checks: Checks
    kept_rows: int
    parameters: int
    inputs: dict[str, str]
    versions: dict[str, str]


def card_texts(card: ModelCard) -> dict[str, str]:
    """What the page of the server says about the model."""
    licence = card.data.source.get("licence")
    return {"title": card.title, "about": card.about} | ({} if licence is None else {"licence": str(licence)})
