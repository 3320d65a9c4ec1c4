"""What evaluate writes: metrics, everything that explains them, and details of the predictions.

`reports/metrics/<key>.json` holds metric values alone, so that no name of a target can collide with another entry and
`dvc metrics show` prints a short row. All else is in `reports/evaluation/<key>.json`.
"""

from typing import Annotated, Literal

from pydantic import Field

from stages.core.artefacts.processed import SplitName
from stages.core.artefacts.records.record import Record

# Metric values by the name of the metric.
MetricValues = dict[str, float]
# Metric values by the name of the target.
MetricsByTarget = dict[str, MetricValues]


def metric_name(target: str, metric: str, targets: int) -> str:
    """The name of a metric among `targets` targets; the target is part of it if there are several.

    >>> metric_name("price", "rmse", 1), metric_name("price", "rmse", 2)
    ('rmse', 'price.rmse')
    """
    return metric if targets == 1 else f"{target}.{metric}"


class Headline(Record):
    """The one metric that a dataset is judged by, and the baseline that it is compared with.

    `improvement` is positive if the model is better than the baseline.
    """

    target: str
    metric: str
    better: Literal["higher", "lower"]
    value: float
    baseline: str
    baseline_value: float
    improvement: float


class SeedStatistics(Record):
    """The headline metric over all seeds; `spread` is the standard deviation of a sample."""

    count: int
    mean: float
    spread: float
    worst: float


class EvaluationRecord(Record):
    """`gap` is the validation value minus the training value of each metric at the best epoch.

    `baselines` holds metrics by the name of the baseline, for the targets that it applies to.
    """

    split: SplitName
    samples: int
    metrics: MetricsByTarget
    baselines: dict[str, MetricsByTarget]
    headline: Headline
    best_epoch: int
    epochs: int
    gap: MetricValues = {}
    reach: float | None = None
    seeds: SeedStatistics | None = None

    @property
    def headline_name(self) -> str:
        return metric_name(self.headline.target, self.headline.metric, len(self.metrics))

    def tracked_metrics(self) -> MetricValues | MetricsByTarget:
        """The content of `reports/metrics/<key>.json`: values by metric, or by target if there are several."""
        return self.metrics if len(self.metrics) > 1 else next(iter(self.metrics.values()))


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

    split: SplitName
    targets: dict[str, TargetDetail]
