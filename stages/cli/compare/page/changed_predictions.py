"""The predictions of the same rows that differ, for every target."""

from dataclasses import dataclass, field

from stages.cli.compare.comparison import DatasetComparison
from stages.cli.compare.describe_changes import describe_rows
from stages.cli.compare.page.forecast_charts import forecast_charts
from stages.cli.compare.page.read_results import read_predictions_of, read_raw_rows
from stages.cli.compare.page.rows.changed_classes import ChangedClasses, changed_classes
from stages.cli.compare.page.rows.changed_values import ChangedValues, changed_values
from stages.cli.compare.page.rows.row_inputs import RawRows
from stages.cli.revisions.snapshot import Snapshot, UnavailableOutputError
from stages.core.artefacts.records.evaluation import ClassesDetail, TargetDetail
from stages.report.charts.svg import Chart
from stages.report.recorded.recorded_predictions import Predictions


@dataclass(frozen=True)
class ChangedPredictions:
    """`sentences` say what cannot be shown, and why."""

    sentences: list[str] = field(default_factory=list)
    classes: list[ChangedClasses] = field(default_factory=list)
    values: list[ChangedValues] = field(default_factory=list)
    forecasts: list[Chart] = field(default_factory=list)


def changed_predictions(dataset: DatasetComparison, base: Snapshot, head: Snapshot) -> ChangedPredictions:
    if dataset.same_rows is False:
        return ChangedPredictions([f"Other rows were predicted: {describe_rows(dataset.rows)}. No row is compared."])
    if dataset.same_rows is None:
        return ChangedPredictions(["It is not known whether the same rows were predicted, so no row is compared."])
    try:
        before, after = (read_predictions_of(snapshot, dataset.key) for snapshot in (base, head))
    except UnavailableOutputError as reason:
        return ChangedPredictions([f"The rows are not compared: {reason}."])
    try:
        raw_rows, missing = read_raw_rows(head, dataset), ""
    except UnavailableOutputError as reason:
        raw_rows, missing = None, f"The inputs of the rows are not shown: {reason}."
    found = compare_predictions(before, after, raw_rows)
    if "evaluate" in dataset.stale and not found.classes and not found.values:
        return ChangedPredictions()  # the next run can change them
    if missing and (found.classes or found.values):
        found.sentences.append(missing)
    return found


def compare_predictions(before: Predictions, after: Predictions, raw_rows: RawRows | None) -> ChangedPredictions:
    found = ChangedPredictions(forecasts=forecast_charts(before, after, raw_rows) if raw_rows else [])
    for name in sorted({*before.targets, *after.targets}):
        detail = after.targets.get(name)
        if detail is None or not _is_comparable(before.targets.get(name), detail):
            found.sentences.append(f"{name} is not a target of both, or is of another kind.")
        elif isinstance(detail, ClassesDetail):
            _add_classes(found, name, changed_classes(name, before, after, raw_rows))
        else:
            for column in detail.columns:
                _add_values(found, column, changed_values(column, before, after, raw_rows))
    return found


def _add_classes(found: ChangedPredictions, name: str, changed: ChangedClasses | None) -> None:
    if changed:
        found.classes.append(changed)
    else:
        found.sentences.append(f"No predicted class of {name} differs.")


def _add_values(found: ChangedPredictions, column: str, changed: ChangedValues | None) -> None:
    if changed:
        found.values.append(changed)
    else:
        found.sentences.append(f"No prediction of {column} differs.")


def _is_comparable(before: TargetDetail | None, after: TargetDetail) -> bool:
    if isinstance(before, ClassesDetail) or isinstance(after, ClassesDetail):
        return isinstance(before, ClassesDetail) and isinstance(after, ClassesDetail)
    return before is not None and before.columns == after.columns
