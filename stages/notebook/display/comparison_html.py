"""A comparison in a notebook: the metrics that differ, and what else changed in each dataset."""

from collections.abc import Iterator

from markupsafe import Markup

from stages.cli.compare.comparison import Comparison, DatasetComparison, MetricChange
from stages.cli.compare.describe_changes import (
    describe_difference,
    describe_drift,
    describe_evidence,
    describe_revision,
    describe_size,
    describe_stage,
    describe_stale,
    describe_suite,
    describe_unchanged,
    describe_values,
    group_same_results,
    has_same_results,
)
from stages.notebook.display.html_parts import details, element, heading, paragraph, table, warning
from stages.report.format_text import format_number

HEADER = ("dataset", "metric", "base", "head", "change", "result", "evidence")
NUMBERS = ("base", "head", "change")


def comparison_html(comparison: Comparison) -> str:
    return element(_parts(comparison))


def _parts(comparison: Comparison) -> Iterator[Markup]:
    names = f"{describe_revision(comparison.base)} → {describe_revision(comparison.head)}"
    yield heading("Comparison", names)
    yield from map(warning, describe_stale(comparison))
    if rows := [_row(dataset, metric) for dataset in comparison.datasets for metric in dataset.metrics]:
        yield table(HEADER, rows, NUMBERS)
    for dataset in comparison.datasets:
        if not has_same_results(dataset):
            yield details(f"{dataset.key}: {dataset.state}", _other_changes(dataset))
    for sentence in _sentences(comparison):
        yield paragraph(f"{sentence}.", "soft")


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


def _other_changes(dataset: DatasetComparison) -> Iterator[str]:
    if dataset.same_rows is False:
        yield "other rows are measured than before"
    for change in dataset.parameters:
        yield f"{change.name}: {' → '.join(describe_values(change))}"
    for check in dataset.checks:
        yield f"{check.name}: {check.base or 'none'} → {check.head or 'none'}"
    yield from map(describe_drift, dataset.drift)
    if dataset.accepted_profile:
        yield f"accepted profile: {dataset.accepted_profile}"
    for size in dataset.sizes:
        yield f"{size.name}: {describe_size(size)}"
    yield from map(describe_stage, dataset.stages)
    for reason in dataset.unknown:
        yield f"not known: {reason}"


def _sentences(comparison: Comparison) -> Iterator[str]:
    yield from group_same_results(comparison.datasets)
    yield from map(describe_suite, comparison.suites)
    if comparison.unchanged:
        yield describe_unchanged(comparison)
    if not comparison.datasets and not comparison.suites:
        yield "Nothing differs"
    yield from (f"Not known: {reason}" for reason in comparison.unknown)
