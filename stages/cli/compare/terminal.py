"""A comparison as text for the terminal: only what differs, the rest counted."""

from stages.cli.compare.comparison import Comparison, DatasetComparison
from stages.cli.compare.describe_changes import (
    count_same_metrics,
    describe_other_changes,
    describe_revisions,
    describe_stale,
    describe_suite,
    describe_unchanged,
    group_same_results,
    has_same_results,
    headline_result,
)
from stages.cli.compare.describe_metrics import describe_difference, describe_judgement, describe_values
from stages.cli.datasets.list_datasets import align_columns
from stages.report.rendering.format_text import count, format_number

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
    lines += [f"{INDENT}{line}" for line in _metric_lines(dataset)]
    others = count_same_metrics(dataset) - (dataset.same_headline is not None)
    if dataset.metrics and others > 0:
        lines.append(f"{INDENT}{count(others, 'metric')} unchanged")
    for title, texts in describe_other_changes(dataset).items():
        lines += [f"{INDENT}{title}: {texts[0]}", *(f"{INDENT}{' ' * (len(title) + 2)}{text}" for text in texts[1:])]
    return lines


def _metric_lines(dataset: DatasetComparison) -> list[str]:
    """The headline has a star and its evidence in lines of its own."""
    same, metrics = dataset.same_headline, dataset.metrics
    rows = [] if same is None else [(f"* {same.name}", format_number(same.value), "", headline_result(dataset))]
    rows += [
        (
            f"{'*' if metric.headline else ' '} {metric.name}",
            " → ".join(describe_values(metric)),
            describe_difference(metric),
            metric.result,
        )
        for metric in metrics
    ]
    evidence = [[]] if same is not None else list[list[str]]()
    evidence += [describe_judgement(metric) if metric.headline else [] for metric in metrics]
    lines = align_columns(rows) if rows else []
    return [
        text
        for line, texts in zip(lines, evidence, strict=True)
        for text in (line, *(f"{INDENT * 2}{text}" for text in texts))
    ]
