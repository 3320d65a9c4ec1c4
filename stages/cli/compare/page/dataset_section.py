"""The section of one dataset that differs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stages.cli.compare.comparison import DatasetComparison, ParameterChange, SizeChange
from stages.cli.compare.describe_changes import NOT_SET
from stages.cli.compare.page.forecast_charts import forecast_charts
from stages.cli.compare.page.metric_texts import MetricRow, metric_row, metric_rows
from stages.cli.compare.page.read_results import (
    read_evaluation_of,
    read_history_of,
    read_predictions_of,
    read_raw_rows,
)
from stages.cli.compare.page.rows.changed_classes import ChangedClasses, changed_classes
from stages.cli.compare.page.rows.changed_values import ChangedValues, changed_values
from stages.cli.compare.page.rows.raw_rows import RawRows
from stages.cli.compare.page.training_curves import training_curves
from stages.cli.revisions.snapshot import Snapshot
from stages.core.artefacts.records.evaluation import ClassesDetail
from stages.report.charts.svg import Chart
from stages.report.dataset_results import Predictions
from stages.report.format_text import DASH, count, with_sign


@dataclass(frozen=True)
class ChangedPredictions:
    """`sentences` say what cannot be shown, and why."""

    sentences: list[str] = field(default_factory=list)
    classes: list[ChangedClasses] = field(default_factory=list)
    values: list[ChangedValues] = field(default_factory=list)
    forecasts: list[Chart] = field(default_factory=list)


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
        predictions=_changed_predictions(dataset, base, head),
        parameters=[parameter_texts(change) for change in dataset.parameters],
        sizes=[size_texts(change) for change in dataset.sizes],
    )


def same_metrics_sentence(dataset: DatasetComparison) -> str:
    """
    >>> same_metrics_sentence(DatasetComparison(key="iris", state="changed", same_metrics=8))
    '8 metrics are the same.'
    """
    if not dataset.same_metrics:
        return ""
    other = "other " if dataset.metrics else ""
    return f"{count(dataset.same_metrics, f'{other}metric is', f'{other}metrics are')} the same."


def _curves(dataset: DatasetComparison, base: Snapshot, head: Snapshot) -> tuple[list[Chart], str]:
    try:
        histories = [read_history_of(snapshot, dataset.key) for snapshot in (base, head)]
        evaluations = [read_evaluation_of(snapshot, dataset.key) for snapshot in (base, head)]
    except LookupError as reason:
        return [], f"The training curves are not known: {reason}."
    before, after = evaluations
    curves = training_curves(*histories, after.headline_name, (before.best_epoch, after.best_epoch))
    return curves, "" if curves else "The training curves are the same."


def _changed_predictions(dataset: DatasetComparison, base: Snapshot, head: Snapshot) -> ChangedPredictions:
    if dataset.same_rows is False:
        return ChangedPredictions(["Other rows were predicted, so no row is compared with itself."])
    if dataset.same_rows is None:
        return ChangedPredictions(["It is not known whether the same rows were predicted, so no row is compared."])
    try:
        before, after = (read_predictions_of(snapshot, dataset.key) for snapshot in (base, head))
    except LookupError as reason:
        return ChangedPredictions([f"The rows are not compared: {reason}."])
    sentences, raw_rows = [], None
    try:
        raw_rows = read_raw_rows(head, dataset)
    except LookupError as reason:
        sentences.append(f"The inputs of the rows are not shown: {reason}.")
    return _compare_predictions(before, after, raw_rows, sentences)


def _compare_predictions(
    before: Predictions, after: Predictions, raw_rows: RawRows | None, sentences: Sequence[str]
) -> ChangedPredictions:
    """Every target that both revisions predict, in the same way."""
    classes: list[ChangedClasses | None] = []
    values: list[ChangedValues | None] = []
    other = [name for name in sorted({*before.targets, *after.targets}) if not _is_comparable(name, before, after)]
    for name, detail in sorted(after.targets.items()):
        if name in other:
            continue
        if isinstance(detail, ClassesDetail):
            classes.append(changed_classes(name, before, after, raw_rows))
        else:
            values += [changed_values(column, before, after, raw_rows) for column in detail.columns]
    found = ChangedPredictions(
        [*(f"{name} is not a target of both, or of another kind." for name in other)],
        [each for each in classes if each],
        [each for each in values if each],
        forecast_charts(before, after, raw_rows) if raw_rows else [],
    )
    if not (found.classes or found.values):
        return ChangedPredictions([*found.sentences, "The predictions of all rows are the same."])
    return ChangedPredictions([*found.sentences, *sentences], found.classes, found.values, found.forecasts)


def _is_comparable(name: str, before: Predictions, after: Predictions) -> bool:
    first, second = before.targets.get(name), after.targets.get(name)
    if first is None or second is None or first.kind != second.kind:
        return False
    return isinstance(first, ClassesDetail) or isinstance(second, ClassesDetail) or first.columns == second.columns


def parameter_texts(change: ParameterChange) -> tuple[str, str, str]:
    """
    >>> parameter_texts(ParameterChange(name="train.epochs", base=20, head=50))
    ('train.epochs', '20', '50')
    >>> parameter_texts(ParameterChange(name="train.seeds", head=["a", 2], base_set=False))
    ('train.seeds', 'not set', '["a", 2]')
    >>> parameter_texts(ParameterChange(name="download.text", base=20, head="20"))
    ('download.text', '20', '"20"')
    """
    base, head = (value_text(value) for value in (change.base, change.head))
    if base == head:
        base, head = (json_value(value) for value in (change.base, change.head))
    return change.name, base if change.base_set else NOT_SET, head if change.head_set else NOT_SET


def value_text(value: Any) -> str:
    """A text as it is, and all else as JSON in one line."""
    return value if isinstance(value, str) and value else json_value(value)


def json_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def size_texts(change: SizeChange) -> tuple[str, str, str, str]:
    """
    >>> size_texts(SizeChange(name="model parameters", base=1000, head=2500))
    ('model parameters', '1,000', '2,500', '+1,500')
    """
    base, head = (DASH if size is None else f"{size:,}" for size in (change.base, change.head))
    if change.base is None or change.head is None:
        return change.name, base, head, DASH
    difference = f"{change.head - change.base:,}".replace("-", "\N{MINUS SIGN}")
    return change.name, base, head, with_sign(difference)
