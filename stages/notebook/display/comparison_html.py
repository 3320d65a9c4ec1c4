"""A comparison in a notebook: the metrics that differ, and what else changed in each dataset."""

from collections.abc import Iterator

from markupsafe import Markup

from stages.cli.compare.comparison import Comparison, DatasetComparison, MetricChange
from stages.cli.compare.describe_changes import (
    describe_difference,
    describe_evidence,
    describe_revision,
    describe_size,
    describe_stage,
    describe_unchanged,
    describe_value,
)
from stages.core.errors import format_examples
from stages.notebook.display.html_parts import details, element, heading, paragraph, table, warning
from stages.report.format_text import format_number

HEADER = ("dataset", "metric", "base", "head", "change", "result", "evidence")
NUMBERS = ("base", "head", "change")


def comparison_html(comparison: Comparison) -> str:
    return element(_parts(comparison))


def _parts(comparison: Comparison) -> Iterator[Markup]:
    names = f"{describe_revision(comparison.base)} → {describe_revision(comparison.head)}"
    yield heading("Comparison", names)
    if stale := [dataset.key for dataset in comparison.datasets if dataset.stale]:
        yield warning(f"the results of {format_examples(stale)} are older than conf/, data or code; run `restage run`")
    if rows := [_row(dataset, metric) for dataset in comparison.datasets for metric in dataset.metrics]:
        yield table(HEADER, rows, NUMBERS)
    for dataset in comparison.datasets:
        yield from _other_changes(dataset)
    if comparison.unchanged:
        yield paragraph(f"{describe_unchanged(comparison)}.", "soft")
    for reason in comparison.unknown:
        yield paragraph(f"Not known: {reason}.", "soft")


def _row(dataset: DatasetComparison, metric: MetricChange) -> tuple[str, ...]:
    return (
        dataset.key,
        metric.name,
        format_number(metric.base),
        format_number(metric.head),
        describe_difference(metric),
        metric.result,
        "; ".join(map(describe_evidence, metric.evidence)),
    )


def _other_changes(dataset: DatasetComparison) -> Iterator[Markup]:
    lines = [
        *(
            f"{change.name}: {describe_value(change.base, change.base_set)} → "
            f"{describe_value(change.head, change.head_set)}"
            for change in dataset.parameters
        ),
        *(f"{change.name}: {change.base or 'none'} → {change.head or 'none'}" for change in dataset.checks),
        *(f"drift of {change.column}: {', '.join(change.exceeded)}" for change in dataset.drift),
        *(f"{change.name}: {describe_size(change)}" for change in dataset.sizes),
        *(describe_stage(change) for change in dataset.stages),
        *(f"not known: {reason}" for reason in dataset.unknown),
    ]
    if lines or dataset.state != "changed":
        yield details(f"{dataset.key}: {dataset.state}", lines)
