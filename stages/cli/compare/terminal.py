"""A comparison as text for the terminal: only what differs, the rest counted."""

from collections.abc import Sequence

from stages.cli.compare.comparison import Comparison, DatasetComparison, MetricChange
from stages.cli.compare.describe_changes import (
    describe_other_changes,
    describe_revisions,
    describe_stale,
    describe_suite,
    describe_unchanged,
    group_same_results,
    has_same_results,
)
from stages.cli.compare.describe_metrics import describe_difference, describe_evidence, describe_values
from stages.cli.datasets.list_datasets import align_columns
from stages.report.format_text import count

INDENT = "  "


def terminal_text(comparison: Comparison) -> str:
    parts = [[describe_revisions(comparison)]]
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
    for title, texts in describe_other_changes(dataset).items():
        lines += [f"{INDENT}{title}: {texts[0]}", *(f"{INDENT}{' ' * (len(title) + 2)}{text}" for text in texts[1:])]
    return lines


def _metric_lines(metrics: Sequence[MetricChange]) -> list[str]:
    """The headline has a star and its evidence in a line of its own."""
    if not metrics:
        return []
    rows = [
        (
            f"{'*' if metric.headline else ' '} {metric.name}",
            " → ".join(describe_values(metric)),
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
