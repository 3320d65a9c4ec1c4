"""A comparison in a notebook: the metrics that differ, and what else changed in each dataset."""

from collections.abc import Iterator

from markupsafe import Markup

from stages.cli.compare.comparison import Comparison, DatasetComparison
from stages.cli.compare.describe_changes import (
    count_same_metrics,
    describe_other_changes,
    describe_other_datasets,
    describe_revisions,
    describe_stale,
    has_same_results,
    headline_result,
)
from stages.cli.compare.describe_metrics import describe_difference, describe_judgement, describe_values
from stages.notebook.display.html_parts import details, element, heading, paragraph, table, warning
from stages.report.rendering.format_text import count, format_number

HEADER = ("dataset", "metric", "base", "head", "change", "result", "evidence")
NUMBERS = ("base", "head", "change")


def comparison_html(comparison: Comparison) -> str:
    return element(_parts(comparison))


def _parts(comparison: Comparison) -> Iterator[Markup]:
    yield heading("Comparison", describe_revisions(comparison))
    yield from map(warning, describe_stale(comparison))
    if rows := [row for dataset in comparison.datasets if not has_same_results(dataset) for row in _rows(dataset)]:
        yield table(HEADER, rows, NUMBERS)
    for dataset in comparison.datasets:
        if not has_same_results(dataset):
            yield details(f"{dataset.key}: {dataset.state}", _other_changes(dataset))
    for sentence in describe_other_datasets(comparison):
        yield paragraph(f"{sentence}.", "soft")


def _rows(dataset: DatasetComparison) -> Iterator[tuple[str, ...]]:
    """The headline metric, also if it is the same, and the other metrics that differ."""
    if same := dataset.same_headline:
        value = format_number(same.value)
        yield dataset.key, f"{same.name} (headline)", value, value, "", headline_result(dataset), ""
    for metric in dataset.metrics:
        yield (
            dataset.key,
            f"{metric.name} (headline)" if metric.headline else metric.name,
            *describe_values(metric),
            describe_difference(metric),
            metric.result,
            "; ".join(describe_judgement(metric)),
        )


def _other_changes(dataset: DatasetComparison) -> Iterator[str]:
    if (others := count_same_metrics(dataset) - (dataset.same_headline is not None)) > 0:
        yield f"{count(others, 'metric')} unchanged"
    for title, texts in describe_other_changes(dataset).items():
        yield from (f"{title}: {text}" for text in texts)
