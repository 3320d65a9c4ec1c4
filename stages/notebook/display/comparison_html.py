"""A comparison in a notebook: the metrics that differ, and what else changed in each dataset."""

from collections.abc import Iterator

from markupsafe import Markup

from stages.cli.compare.comparison import Comparison, DatasetComparison, MetricChange
from stages.cli.compare.describe_changes import (
    describe_other_changes,
    describe_other_datasets,
    describe_revisions,
    describe_stale,
    has_same_results,
)
from stages.cli.compare.describe_metrics import describe_difference, describe_evidence, describe_values
from stages.notebook.display.html_parts import details, element, heading, paragraph, table, warning

HEADER = ("dataset", "metric", "base", "head", "change", "result", "evidence")
NUMBERS = ("base", "head", "change")


def comparison_html(comparison: Comparison) -> str:
    return element(_parts(comparison))


def _parts(comparison: Comparison) -> Iterator[Markup]:
    yield heading("Comparison", describe_revisions(comparison))
    yield from map(warning, describe_stale(comparison))
    if rows := [_row(dataset, metric) for dataset in comparison.datasets for metric in dataset.metrics]:
        yield table(HEADER, rows, NUMBERS)
    for dataset in comparison.datasets:
        if not has_same_results(dataset):
            yield details(f"{dataset.key}: {dataset.state}", _other_changes(dataset))
    for sentence in describe_other_datasets(comparison):
        yield paragraph(f"{sentence}.", "soft")


def _row(dataset: DatasetComparison, metric: MetricChange) -> tuple[str, ...]:
    return (
        dataset.key,
        metric.name,
        *describe_values(metric),
        describe_difference(metric),
        metric.result,
        "; ".join(map(describe_evidence, metric.evidence)),
    )


def _other_changes(dataset: DatasetComparison) -> Iterator[str]:
    for title, texts in describe_other_changes(dataset).items():
        yield from (f"{title}: {text}" for text in texts)
