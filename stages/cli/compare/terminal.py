"""A comparison as text for the terminal: only what differs, the rest counted."""

from collections.abc import Iterator, Sequence

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
from stages.cli.datasets.list_datasets import align_columns
from stages.report.format_text import format_number

INDENT = "  "


def terminal_text(comparison: Comparison) -> str:
    lines = [f"{describe_revision(comparison.base)} → {describe_revision(comparison.head)}"]
    for dataset in comparison.datasets:
        lines += ["", *_dataset_lines(dataset)]
    if comparison.unchanged:
        lines += ["", describe_unchanged(comparison)]
    if comparison.unknown:
        lines += ["", "not known:", *(f"{INDENT}{reason}" for reason in comparison.unknown)]
    return "\n".join(lines)


def _dataset_lines(dataset: DatasetComparison) -> list[str]:
    lines = [dataset.key if dataset.state in ("changed", "unchanged") else f"{dataset.key}: {dataset.state}"]
    if dataset.stale:
        lines.append(f"{INDENT}STALE: {', '.join(dataset.stale)} did not run with these parameters and this code")
    lines += [f"{INDENT}{line}" for line in _metric_lines(dataset.metrics)]
    for title, texts in _sections(dataset):
        lines += [f"{INDENT}{title}: {texts[0]}", *(f"{INDENT}{' ' * (len(title) + 2)}{text}" for text in texts[1:])]
    return lines


def _metric_lines(metrics: Sequence[MetricChange]) -> list[str]:
    if not metrics:
        return []
    rows = [
        (
            f"{'*' if metric.headline else ' '} {metric.name}",
            f"{format_number(metric.base)} → {format_number(metric.head)}",
            describe_difference(metric),
            metric.result,
            describe_evidence(metric.evidence[0]) if metric.evidence and metric.headline else "",
        )
        for metric in metrics
    ]
    return align_columns(rows)


def _sections(dataset: DatasetComparison) -> Iterator[tuple[str, list[str]]]:
    if dataset.same_rows is False:
        yield "rows", ["other rows are measured than before"]
    sections = {
        "parameters": [
            f"{p.name} {describe_value(p.base, p.base_set)} → {describe_value(p.head, p.head_set)}"
            for p in dataset.parameters
        ],
        "checks": [f"{c.name}: {c.base or 'none'} → {c.head or 'none'}" for c in dataset.checks],
        "drift": [f"{d.column}: {', '.join(d.exceeded)}" for d in dataset.drift],
        "sizes": [f"{s.name} {describe_size(s)}" for s in dataset.sizes],
        "stages": [", ".join(map(describe_stage, dataset.stages))] if dataset.stages else [],
        "not known": dataset.unknown,
    }
    yield from ((title, texts) for title, texts in sections.items() if texts)
