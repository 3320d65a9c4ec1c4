"""Parameters of the evaluate stage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from stages.core.artefacts.processed import SplitName
from stages.core.errors import suggest
from stages.core.parameters.params import Params

# They predict values of windows from the series alone.
SeriesBaseline = Literal["persistence", "drift", "seasonal_naive", "theta"]
SERIES_BASELINES: tuple[SeriesBaseline, ...] = get_args(SeriesBaseline)
SimpleBaseline = Literal["majority", "shuffled", "linear"]
Baseline = Literal["majority", "shuffled", SeriesBaseline, "linear"]
FittedBaseline = Literal["linear", "logistic", "gradient_boosting"]
ThresholdRule = Literal["best_f1", "best_balanced_accuracy"]
# Metrics of values of windows alone.
FORECAST_METRICS = ("mase", "smape")
METRICS_OF_PROBABILITIES = ("calibration_error", "log_loss", "pr_auc", "roc_auc")
# Those of classes; `shuffled` has none.
BASELINES_WITH_PROBABILITIES = ("majority", "logistic", "gradient_boosting")


class Evaluate(Params):
    """The headline metric, the split that it is measured on, and the baselines that it is compared with.

    `headline` is the name of a metric, or `target.metric` if there are several targets. It is compared with the best
    baseline of its target.

    Without `baselines`, all of these are computed that apply to a target; a list chooses some of them.

    - majority: the most frequent class of the training rows; for classes
    - shuffled: the true labels in another order; for classes
    - persistence: the last known value; for values of windows, as the next three
    - drift: the last known value plus the mean change so far for each row ahead
    - seasonal_naive: the value one season before; needs `preprocess.window.season`
    - theta: the theta method, which follows the level of the series and half of its trend
    - linear: least squares; for values

    `reach` is the value to aim at, for example the published value of the same model.

    `fitted_baselines` are models of scikit-learn, fitted on the training rows with the inputs of the model; a window is
    one row of inputs. `auto` fits linear (for values) or logistic (for classes) and gradient_boosting for tables and
    windows of at most 5,000,000 numbers: training rows x inputs x classes. A list names them for any data; an empty
    list fits none.

    - linear: least squares
    - logistic: logistic regression on standardised inputs
    - gradient_boosting: 100 rounds of gradient-boosted trees

    `positive_class` is the class to find, of two: the class of all targets that have two, or a mapping by target.
    Threshold, ROC and PR AUC and calibration are those of its probability, and precision, recall and f1 are measured
    for it. Without it, the second class is positive.

    `threshold` is for targets with two classes: the positive class is predicted if its probability is above it. A rule
    chooses the threshold that is best on the validation rows.

    `interval` is the level of the intervals around forecasts, for values of windows: the share of the true values that
    they should hold. Their width comes from the errors on the validation samples; null gives no intervals.

    `importance_repeats` says how often each input column of a table is shuffled to measure its importance; 0 switches
    it off.
    """

    headline: str
    split: SplitName = "test"
    baselines: Annotated[list[Baseline], Field(min_length=1)] | None = None
    seed: int = Field(default=0, ge=0)
    reach: float | None = None
    fitted_baselines: Literal["auto"] | list[FittedBaseline] = "auto"
    positive_class: str | dict[str, str] | None = None
    threshold: Annotated[float, Field(gt=0, lt=1)] | ThresholdRule = 0.5
    interval: Annotated[float, Field(gt=0, lt=1)] | None = 0.8
    importance_repeats: int = Field(default=5, ge=0, le=100)

    @model_validator(mode="after")
    def _check_headline(self) -> Self:
        """With `auto`, only the data tell whether a baseline is fitted."""
        if self.baselines is None or self.fitted_baselines == "auto":
            return self
        metric = self.headline.rpartition(".")[2].removeprefix("weighted_")
        has_probabilities = {*self.baselines, *self.fitted_baselines}.intersection(BASELINES_WITH_PROBABILITIES)
        if metric in METRICS_OF_PROBABILITIES and "shuffled" in self.baselines and not has_probabilities:
            raise ValueError(headline_without_baseline(self.headline, ["shuffled"]))
        return self

    @model_validator(mode="after")
    def _check_threshold(self) -> Self:
        if isinstance(self.threshold, str) and self.split != "test":
            raise ValueError(
                f"threshold {self.threshold!r} is chosen on validation rows and measured on test rows; "
                f"received split: {self.split}; use split: test, or give a number"
            )
        return self


def headline_without_baseline(headline: str, baselines: Iterable[str]) -> str:
    return (
        f"headline: {headline} is not defined for {' or '.join(baselines)}; "
        "add a baseline with probabilities, majority, or choose another headline"
    )


def positive_class_errors(
    positive_class: str | Mapping[str, str] | None, classes: Mapping[str, Sequence[str] | None]
) -> Iterator[str]:
    """What is wrong with `positive_class` for these classes by target. None stands for classes that are not known."""
    if positive_class is None:
        return
    if isinstance(positive_class, str):
        if all(names is not None and len(names) != 2 for names in classes.values()):
            yield f"{positive_class!r} is for a target with two classes, and there is none; remove it"
        two_classes = [target for target, names in classes.items() if names is not None and len(names) == 2]
        positive_class = dict.fromkeys(two_classes, positive_class)
    for target, name in positive_class.items():
        if target not in classes:
            yield f"no target {target!r}; {suggest(target, [*classes])}"
        elif (names := classes[target]) is not None and len(names) != 2:
            yield f"target {target} has {len(names) or 'no'} classes, and a positive class is one of two; remove it"
        elif names is not None and name not in names:
            yield f"target {target} has no class {name!r}; {suggest(name, names)}"
