"""Datasets that are measured by the same metric on the same rows of the same source, the best first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stages.core.artefacts.records.evaluation import BestBaseline, EvaluationRecord
from stages.core.artefacts.records.suite_datasets import DatasetTitle
from stages.report.rendering.format_text import DASH
from stages.report.rendering.metric_descriptions import (
    MetricDescription,
    describe_metric,
    describe_samples,
    metric_title,
)
from stages.report.sections.summary_section import improvement_text


@dataclass(frozen=True)
class LeaderboardRow:
    """`key` is that of a dataset, and empty for the best baseline."""

    key: str
    title: str
    value: str
    difference: str


@dataclass(frozen=True)
class Leaderboard:
    title: str
    rows: list[LeaderboardRow]


def leaderboards(datasets: Sequence[DatasetTitle], evaluations: Mapping[str, EvaluationRecord]) -> list[Leaderboard]:
    """One for each group of two datasets or more, in the order of the datasets."""
    groups: dict[tuple[str, ...], list[DatasetTitle]] = {}
    for dataset in datasets:
        evaluation = evaluations.get(dataset.key)
        if evaluation and dataset.source and evaluation.rows_digest:
            group = (dataset.source, evaluation.rows_digest, evaluation.split, evaluation.headline_name)
            groups.setdefault(group, []).append(dataset)
    return [_leaderboard(members, evaluations) for members in groups.values() if len(members) > 1]


def _leaderboard(members: Sequence[DatasetTitle], evaluations: Mapping[str, EvaluationRecord]) -> Leaderboard:
    """Equal values are in the order of the datasets; a baseline is after the models that reach it."""
    first = evaluations[members[0].key]
    metric, sign = describe_metric(first.headline.metric), 1 if first.headline.better == "higher" else -1
    best = max((evaluations[m.key].best_baseline for m in members), key=lambda baseline: sign * baseline.value)
    entries = [(member.key, member.title, evaluations[member.key].headline.value) for member in members]
    entries.append(("", _baseline_title(best), best.value))
    entries.sort(key=lambda entry: -sign * entry[2])
    leader = entries[0][2]
    name = metric_title(first.headline.metric, first.headline.target if len(first.metrics) > 1 else "")
    return Leaderboard(
        title=f"{name} on the same {describe_samples(first.samples, first.split)}",
        rows=[
            LeaderboardRow(key, title, metric.format(value), _difference(metric, sign * (value - leader)))
            for key, title, value in entries
        ],
    )


def _baseline_title(best: BestBaseline) -> str:
    return f"best baseline: {best.name.replace('_', ' ')}"


def _difference(metric: MetricDescription, improvement: float) -> str:
    return improvement_text(metric, improvement) if improvement else DASH
