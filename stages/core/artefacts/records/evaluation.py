"""What evaluate writes: metrics, everything that explains them, and details of the predictions.

`reports/metrics/<key>.json` holds metric values alone, so that no name of a target can collide with another entry and
`dvc metrics show` prints a short row. All else is in `reports/evaluation/<key>.json`.
"""

from typing import Annotated, Literal

from pydantic import Field

from stages.core.artefacts.records.record import Record

# Metric values by the name of the metric.
MetricValues = dict[str, float]
# Metric values by the name of the target.
MetricsByTarget = dict[str, MetricValues]


class Headline(Record):
    """The one metric that a dataset is judged by, and the baseline that it is compared with."""

    target: str
    metric: str
    better: Literal["higher", "lower"]
    value: float
    baseline: str
    baseline_value: float
    gain: float


class SeedStatistics(Record):
    """The headline metric over all seeds; `spread` is the standard deviation of a sample."""

    count: int
    mean: float
    spread: float
    worst: float


class EvaluationRecord(Record):
    """`gap` is the validation value minus the training value of each metric at the best epoch."""

    split: str
    samples: int
    metrics: MetricsByTarget
    baselines: dict[str, MetricsByTarget]
    headline: Headline
    best_epoch: int
    epochs: int
    gap: MetricValues = {}
    reach: float | None = None
    seeds: SeedStatistics | None = None


class ClassDetail(Record):
    """Precision, recall and F1 of one class, and how many rows belong to it."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


class ClassesDetail(Record):
    """A classified target: `confusion[i][j]` counts rows of class i that were predicted as class j."""

    kind: Literal["classes"] = "classes"
    classes: list[str]
    confusion: list[list[int]]
    per_class: list[ClassDetail]


class ValuesDetail(Record):
    """A target of numeric values."""

    kind: Literal["values"] = "values"
    columns: list[str]


TargetDetail = Annotated[ClassesDetail | ValuesDetail, Field(discriminator="kind")]


class PredictionDetails(Record):
    """details.json, beside predictions.csv."""

    split: str
    targets: dict[str, TargetDetail]
