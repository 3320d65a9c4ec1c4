"""What the sections of the page need of a study: its trials in several orders, and its metric."""

from functools import cached_property
from math import inf

from stages.cli.tune.study import StudyResult, TrialRecord
from stages.report.rendering.format_text import lower_first
from stages.report.rendering.metric_descriptions import MetricDescription, describe_metric, metric_title

# More trials than this are drawn with thinner lines.
MANY = 100
DEFAULT = 0  # the number of the trial with the parameters of conf/


class StudyTrials:
    """`best` is None if no trial was complete."""

    def __init__(self, result: StudyResult) -> None:
        self.result = result
        self.all = result.trials
        self.complete = [trial for trial in result.trials if trial.state == "complete" and trial.value is not None]
        self.default = next((trial for trial in self.complete if trial.number == DEFAULT), None)
        self.best = next((trial for trial in self.complete if trial.number == result.best), None)

    @cached_property
    def sorted_by_value(self) -> list[TrialRecord]:
        """Complete trials from the best to the worst, then stopped ones, then failed ones."""
        states = ("complete", "stopped", "failed")
        sign = -1 if self.result.better == "higher" else 1
        return sorted(
            self.all,
            key=lambda trial: (
                states.index(trial.state),
                inf if trial.value is None else sign * trial.value,
                trial.number,
            ),
        )

    @property
    def emphasized(self) -> list[TrialRecord]:
        """The default and the best trial, once if they are the same. They are drawn last, above the others."""
        found = [trial for trial in (self.default, self.best) if trial is not None]
        return found[-1:] if self.default is self.best else found

    @property
    def legend(self) -> list[tuple[str, str]]:
        """The CSS class and the name of the two lines that are drawn differently."""
        best = [("accent", "best")] if self.best is not None else []
        is_other = self.default is not None and self.default is not self.best
        return best + ([("diagonal", "default")] if is_other else [])

    @property
    def are_many(self) -> bool:
        return len(self.all) > MANY

    @property
    def metric(self) -> MetricDescription:
        return describe_metric(self.metric_name)

    @property
    def metric_label(self) -> str:
        target, metric = _split_metric(self.result.metric)
        return metric_title(metric, target)

    @property
    def metric_name(self) -> str:
        """As conf/ names it, without the target."""
        return _split_metric(self.result.metric)[1]

    @property
    def metric_in_sentence(self) -> str:
        return self.metric_label if ": " in self.metric_label else lower_first(self.metric_label)

    def is_better(self, value: float, other: float) -> bool:
        return value > other if self.result.better == "higher" else value < other


def _split_metric(metric: str) -> tuple[str, str]:
    """The target, if it is named, and the metric.

    >>> _split_metric("val_loss"), _split_metric("price.rmse")
    (('', 'loss'), ('price', 'rmse'))
    """
    target, _, name = metric.removeprefix("val_").rpartition(".")
    return target, name
