"""A comparison as text for the terminal: only what differs, the rest counted."""

from collections.abc import Iterator, Sequence

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
from stages.cli.datasets.list_datasets import align_columns
from stages.report.format_text import count, format_number

INDENT = "  "


def terminal_text(comparison: Comparison) -> str:
    parts = [[f"{describe_revision(comparison.base)} → {describe_revision(comparison.head)}"]]
    parts += [[f"WARNING: {sentence}"] for sentence in describe_stale(comparison)]
    parts += [_dataset_lines(dataset) for dataset in comparison.datasets if not has_same_results(dataset)]
    parts += [[sentence] for sentence in group_same_results(comparison.datasets)]
    parts += [[describe_suite(change)] for change in comparison.suites]
    if comparison.unchanged:
        parts.append([describe_unchanged(comparison)])
    if comparison.unknown:
        parts.append(["not known:", *(f"{INDENT}{reason}" for reason in comparison.unknown)])
    return "\n\n".join("\n".join(lines) for lines in parts)


def _dataset_lines(dataset: DatasetComparison) -> list[str]:
    lines = [dataset.key if dataset.state in ("changed", "unchanged") else f"{dataset.key}: {dataset.state}"]
    lines += [f"{INDENT}{line}" for line in _metric_lines(dataset.metrics)]
    if dataset.metrics and dataset.same_metrics:
        lines.append(f"{INDENT}{count(dataset.same_metrics, 'metric')} unchanged")
    for title, texts in _sections(dataset):
        lines += [f"{INDENT}{title}: {texts[0]}", *(f"{INDENT}{' ' * (len(title) + 2)}{text}" for text in texts[1:])]
    return lines


def _metric_lines(metrics: Sequence[MetricChange]) -> list[str]:
    """The headline has a star and its evidence in a line of its own."""
    if not metrics:
        return []
    rows = [
        (
            f"{'*' if metric.headline else ' '} {metric.name}",
            f"{format_number(metric.base)} → {format_number(metric.head)}",
            describe_difference(metric),
            metric.result,
        )
        for metric in metrics
    ]
    lines = []
    for metric, line in zip(metrics, align_columns(rows), strict=True):
        lines.append(line)
        if metric.headline:
            lines += [f"{INDENT * 2}{describe_evidence(evidence)}" for evidence in metric.evidence]
    return lines


def _sections(dataset: DatasetComparison) -> Iterator[tuple[str, list[str]]]:
    sections: dict[str, list[str]] = {
        "rows": ["other rows are measured than before"] if dataset.same_rows is False else [],
        "parameters": [f"{p.name} {' → '.join(describe_values(p))}" for p in dataset.parameters],
        "checks": [f"{c.name}: {c.base or 'none'} → {c.head or 'none'}" for c in dataset.checks],
        "drift": [describe_drift(drift) for drift in dataset.drift],
        "accepted profile": [dataset.accepted_profile] if dataset.accepted_profile else [],
        "sizes": [f"{s.name} {describe_size(s)}" for s in dataset.sizes],
        "stages": [", ".join(describe_stage(stage) for stage in dataset.stages)] if dataset.stages else [],
        "not known": dataset.unknown,
    }
    yield from ((title, texts) for title, texts in sections.items() if texts)
