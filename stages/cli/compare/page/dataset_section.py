"""The section of one dataset that differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.cli.compare.comparison import DatasetComparison, SizeChange
from stages.cli.compare.describe_changes import count_same_metrics, parameter_values
from stages.cli.compare.page.changed_predictions import ChangedPredictions, changed_predictions
from stages.cli.compare.page.metric_texts import MetricRow, metric_row, metric_rows
from stages.cli.compare.page.read_results import read_evaluation_of, read_history_of
from stages.cli.compare.page.training_curves import training_curves
from stages.cli.revisions.snapshot import Snapshot, UnavailableOutputError
from stages.report.charts.svg import Chart
from stages.report.rendering.format_text import DASH, MINUS, count, with_sign


@dataclass(frozen=True)
class DatasetSection:
    """`headline` is None if the headline metric is the same. `curves_note` says why there are no curves."""

    dataset: DatasetComparison
    title: str
    headline: MetricRow | None
    metrics: list[MetricRow]
    same_metrics: str
    curves: list[Chart]
    curves_note: str
    predictions: ChangedPredictions
    parameters: list[tuple[str, str, str]]
    sizes: list[tuple[str, str, str, str]]
    unknown: list[str]

    @property
    def has_seconds(self) -> bool:
        return any(stage.seconds is not None for stage in self.dataset.stages)


def dataset_section(dataset: DatasetComparison, base: Snapshot, head: Snapshot) -> DatasetSection:
    curves, curves_note = _curves(dataset, base, head)
    return DatasetSection(
        dataset=dataset,
        title=dataset.title or dataset.key,
        headline=metric_row(dataset.headline) if dataset.headline else None,
        metrics=metric_rows(dataset.metrics),
        same_metrics=same_metrics_sentence(dataset),
        curves=curves,
        curves_note=curves_note,
        predictions=changed_predictions(dataset, base, head),
        parameters=[(change.name, *parameter_values(change)) for change in dataset.parameters],
        sizes=[size_texts(change) for change in dataset.sizes],
        unknown=group_reasons(dataset.unknown),
    )


def same_metrics_sentence(dataset: DatasetComparison) -> str:
    """
    >>> same_metrics_sentence(DatasetComparison(key="iris", state="changed", same_metrics=8))
    '8 metrics are the same.'
    """
    if not (same := count_same_metrics(dataset)):
        return ""
    other = "other " if dataset.metrics else ""
    return f"{count(same, f'{other}metric is', f'{other}metrics are')} the same."


def group_reasons(unknown: Sequence[str]) -> list[str]:
    """What has the same reason is named together.

    >>> group_reasons(["mae: too few rows", "models: damaged", "rmse: too few rows"])
    ['mae, rmse: too few rows', 'models: damaged']
    """
    names: dict[str, list[str]] = {}
    for text in unknown:
        name, _, reason = text.partition(": ")
        names.setdefault(reason, []).append(name)
    return [": ".join(filter(None, [", ".join(of_reason), reason])) for reason, of_reason in names.items()]


def _curves(dataset: DatasetComparison, base: Snapshot, head: Snapshot) -> tuple[list[Chart], str]:
    try:
        before, after = (read_history_of(snapshot, dataset.key) for snapshot in (base, head))
        evaluations = [read_evaluation_of(snapshot, dataset.key) for snapshot in (base, head)]
    except UnavailableOutputError as reason:
        return [], f"The training curves are not known: {reason}."
    best = (evaluations[0].best_epoch, evaluations[1].best_epoch)
    curves = training_curves(before, after, evaluations[1].headline_name, best)
    return curves, "" if curves or "train" in dataset.stale else "The training curves are the same."


def size_texts(change: SizeChange) -> tuple[str, str, str, str]:
    """
    >>> size_texts(SizeChange(name="model parameters", base=1000, head=2500))
    ('model parameters', '1,000', '2,500', '+1,500')
    """
    base, head = (DASH if size is None else f"{size:,}" for size in (change.base, change.head))
    if change.base is None or change.head is None:
        return change.name, base, head, DASH
    difference = f"{change.head - change.base:,}".replace("-", MINUS)
    return change.name, base, head, with_sign(difference)
