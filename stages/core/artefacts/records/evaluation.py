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
    """The one metric that a dataset is judged by."""

    target: str
    metric: str
    better: Literal["higher", "lower"]
    value: float


class SeedStatistics(Record):
    """The headline metric over all seeds; `spread` is the standard deviation of a sample."""

    count: int
    mean: float
    spread: float
    worst: float


class BestBaseline(Record):
    """The baseline with the best headline metric. `improvement` is positive if the model is better.

    `interval` holds 95% of the improvements over `resamples` random selections of the same rows; it is None where
    there are too few rows, or where the model was trained on them.
    """

    name: str
    value: float
    improvement: float
    interval: tuple[float, float] | None = None
    resamples: int = 0


class BaselineFit(Record):
    """A baseline that was fitted on the training rows, for one target.

    `converged` is None for a fit that ends after a fixed number of iterations, `iterations` where they are not known.
    `left_out_inputs` are those that a linear baseline does not use.
    """

    baseline: str
    target: str
    iterations: int | None = None
    converged: bool | None = None
    left_out_inputs: list[str] = Field(default=[], exclude_if=lambda names: not names)


class LeftOutBaseline(Record):
    """A baseline that was not fitted for a target, and why."""

    baseline: str
    target: str
    reason: str


class DecisionThreshold(Record):
    """The class `positive` of two is predicted if its probability is above `value`.

    `rule` is what was maximised on the validation rows, and `validation_value` the maximum; None if the threshold was
    given. `weighted` says that each of these rows counted as much as its weight.
    """

    value: float
    positive: str
    rule: str | None = None
    validation_value: float | None = None
    weighted: bool = Field(default=False, exclude_if=lambda weighted: not weighted)


class ColumnImportance(Record):
    """How much worse the headline metric is with the values of a column shuffled: mean and standard deviation."""

    column: str
    mean: float
    spread: float


class PermutationImportance(Record):
    """`rows` of `split` were used, `repeats` times for each column; the most important column is first.

    `left_out` says why there are no columns.
    """

    split: SplitName
    rows: int = 0
    repeats: int = 0
    columns: list[ColumnImportance] = []
    left_out: str | None = None


class ForecastStep(Record):
    """The metrics of one step ahead, in the series' unit, of the model and of the best baseline."""

    step: int
    metrics: MetricValues
    baseline: MetricValues


class ForecastInterval(Record):
    """An interval around each forecast. `level` is the share of truths that it should hold, `coverage` what it holds.

    `conformal` takes its width from the errors on `calibration_rows` validation samples. `quantiles` means that the
    model predicts the bounds, which these errors then move.
    """

    level: float
    method: Literal["conformal", "conformal_quantiles"]
    calibration_rows: int
    coverage: float
    interval_score: float


class DieboldMariano(Record):
    """A test whether the errors of the model and of the best baseline differ by more than chance.

    A negative statistic means that the model's errors are smaller.
    """

    baseline: str
    loss: Literal["squared", "absolute"]
    statistic: float
    p_value: float
    result: Literal["better", "worse", "no difference"]


class DirectionalAccuracy(Record):
    """How often the forecast says correctly whether the value rises or falls; 95% interval. A guess has 0.5."""

    samples: int
    accuracy: float
    interval: tuple[float, float]


class ForecastRecord(Record):
    """What is measured of the forecasts of one target. `baseline` is the best one.

    `left_out` says why there is no `interval`, `diebold_mariano` or `direction`.
    """

    baseline: str = ""
    steps: list[ForecastStep]
    interval: ForecastInterval | None = None
    diebold_mariano: DieboldMariano | None = None
    direction: DirectionalAccuracy | None = None
    left_out: dict[str, str] = {}


class BacktestFold(Record):
    """One origin of the backtest. The model was fitted on the rows before `first_row`, the first of its test rows."""

    first_row: int
    train_rows: int
    samples: int
    metrics: MetricValues
    baselines: dict[str, MetricValues]
    steps: list[ForecastStep]


class BacktestRecord(Record):
    """The folds of one target from the first origin to the last. `mean` and `spread` are those of `metrics`.

    The mean of `metric` is best for `best_baseline`, of all baselines that every fold has.
    """

    folds: list[BacktestFold]
    metric: str = "rmse"
    best_baseline: str
    mean: MetricValues
    spread: MetricValues
    baseline_mean: MetricValues


class EvaluationRecord(Record):
    """`gap` is the validation value minus the training value of each metric at the best epoch.

    `baselines` holds metrics by the name of the baseline, for the targets that it applies to. `undefined` holds, by
    target and metric, why the rows do not define a metric of the model. Datasets with the same `rows_digest` and the
    same source are measured on the same rows. `versions` are those of the libraries that fitted baselines.
    """

    split: SplitName
    samples: int
    metrics: MetricsByTarget
    baselines: dict[str, MetricsByTarget]
    headline: Headline
    best_baseline: BestBaseline
    best_epoch: int
    epochs: int
    gap: MetricValues = {}
    reach: float | None = None
    seeds: SeedStatistics | None = None
    undefined: dict[str, dict[str, str]] = {}
    thresholds: dict[str, DecisionThreshold] = {}
    baseline_fits: list[BaselineFit] = []
    left_out_baselines: list[LeftOutBaseline] = []
    importance: PermutationImportance | None = None
    forecasts: dict[str, ForecastRecord] = Field(default={}, exclude_if=lambda found: not found)
    backtests: dict[str, BacktestRecord] = Field(default={}, exclude_if=lambda found: not found)
    rows_digest: str = ""
    versions: dict[str, str] = {}

    @property
    def headline_name(self) -> str:
        return metric_name(self.headline.target, self.headline.metric, len(self.metrics))

    def tracked_metrics(self) -> MetricValues | MetricsByTarget:
        """The content of `reports/metrics/<key>.json`: values by metric, or by target if there are several.

        With the coverage and the score of intervals, which baselines do not have.
        """
        by_target = {name: metrics | self._interval_metrics(name) for name, metrics in self.metrics.items()}
        return by_target if len(by_target) > 1 else next(iter(by_target.values()))

    def _interval_metrics(self, target: str) -> MetricValues:
        forecast = self.forecasts.get(target)
        if forecast is None or forecast.interval is None:
            return {}
        return {"coverage": forecast.interval.coverage, "interval_score": forecast.interval.interval_score}


class ClassDetail(Record):
    """Precision, recall and F1 of one class, and how many rows belong to it."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


class CalibrationPart(Record):
    """The rows whose highest probability, or that of the positive class, is in one part of the range from 0 to 1."""

    samples: int
    mean_probability: float
    share_correct: float


class ClassesDetail(Record):
    """A classified target: `confusion[i][j]` counts rows of class i that were predicted as class j.

    `calibration` is empty if the model's outputs are not probabilities. `positive` is the class that
    `evaluate.positive_class` names; `calibration` is then that of its probability.
    """

    kind: Literal["classes"] = "classes"
    classes: list[str]
    confusion: list[list[int]]
    per_class: list[ClassDetail]
    calibration: list[CalibrationPart] = []
    positive: str | None = Field(default=None, exclude_if=lambda name: name is None)


class ValuesDetail(Record):
    """A target of numeric values."""

    kind: Literal["values"] = "values"
    columns: list[str]


TargetDetail = Annotated[ClassesDetail | ValuesDetail, Field(discriminator="kind")]


class PredictionDetails(Record):
    """details.json, beside predictions.csv."""

    split: SplitName
    targets: dict[str, TargetDetail]
