"""The words for what differs, which the terminal and the Markdown have in common."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from stages.cli.compare.comparison import (
    BootstrapEvidence,
    Comparison,
    DatasetComparison,
    DriftChange,
    Evidence,
    McNemarEvidence,
    MetricChange,
    ParameterChange,
    RevisionName,
    SeedsEvidence,
    SizeChange,
    StageChange,
    SuiteChange,
)
from stages.cli.revisions.snapshot import SHORT_COMMIT
from stages.report.format_text import DASH, count, format_number, format_percent, with_sign

NOT_SET = "not set"
MAX_VALUE_LENGTH = 120


def describe_revision(revision: RevisionName) -> str:
    """
    >>> describe_revision(RevisionName(name="main", commit="0123456789ab"))
    'main (01234567)'
    """
    if revision.commit is None:
        changed = f" ({count(revision.uncommitted, 'file')} not committed)" if revision.uncommitted else ""
        return revision.name + changed
    short = revision.commit[:SHORT_COMMIT]
    return short if revision.commit.startswith(revision.name) else f"{revision.name} ({short})"


def describe_stale(comparison: Comparison) -> list[str]:
    """A sentence for each revision whose metrics say nothing of its parameters, code and data."""
    sentences = []
    for revision, stale in (
        (comparison.base, {d.key: d.base_stale for d in comparison.datasets if d.base_stale}),
        (comparison.head, {d.key: d.stale for d in comparison.datasets if d.stale}),
    ):
        if stale:
            solution = "; `restage run` runs them" if revision.commit is None else ""
            sentences.append(
                f"stale results: these stages of {describe_revision(revision)} did not run with its parameters, code "
                f"and data: {'; '.join(_stale_stages(stale))}{solution}"
            )
    return sentences


def _stale_stages(stale: Mapping[str, Sequence[str]]) -> list[str]:
    """
    >>> _stale_stages({"a": ["train", "evaluate"], "b": ["report"], "c": ["train", "evaluate"]})
    ['train, evaluate of a, c', 'report of b']
    """
    groups: dict[str, list[str]] = {}
    for key, names in stale.items():
        groups.setdefault(", ".join(names), []).append(key)
    return [f"{names} of {', '.join(keys)}" for names, keys in groups.items()]


def describe_difference(metric: MetricChange) -> str:
    """The change, and its share of base's value."""
    if metric.change is None:
        return DASH
    relative = "" if metric.relative is None else f" ({with_sign(format_percent(metric.relative))})"
    return with_sign(format_number(metric.change)) + relative


def describe_evidence(evidence: Evidence) -> str:
    match evidence:
        case SeedsEvidence(counts=counts, means=means, limit=limit):
            return (
                f"means over {counts[0]} and {counts[1]} seeds: {format_number(means[0])} and "
                f"{format_number(means[1])}; a difference up to {format_number(limit)} can be chance"
            )
        case McNemarEvidence(only_base_correct=base, only_head_correct=head, p_value=p_value, rows=rows):
            return (
                f"of {count(rows, 'row')}, {base:,} correct only before and {head:,} only now: "
                f"p = {format_number(p_value)} (McNemar)"
            )
        case BootstrapEvidence(paired=paired, interval=interval, rows=rows):
            of = f"the same {count(rows[0], 'row')}" if paired else f"{rows[0]:,} and {count(rows[1], 'other row')}"
            lowest, highest = (with_sign(format_number(bound)) for bound in interval)
            return f"improvement from {lowest} to {highest} (95% interval, bootstrap of {of})"


def describe_values(change: ParameterChange) -> tuple[str, str]:
    """What the parameter was and is. Of long lists, only the elements that the other one has not.

    >>> long = ["a" * 200]
    >>> describe_values(ParameterChange(name="columns", base=[*long, "b"], head=[*long, "c"]))
    ('… "b" …', '… "c" …')
    """
    texts = (_text(change.base, change.base_set), _text(change.head, change.head_set))
    lists = isinstance(change.base, list) and isinstance(change.head, list)
    if lists and max(map(len, texts)) > MAX_VALUE_LENGTH:
        texts = (_elements_without(change.base, change.head), _elements_without(change.head, change.base))
    return _shortened(texts[0]), _shortened(texts[1])


def _text(value: Any, is_set: bool = True) -> str:
    if not is_set:
        return NOT_SET
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _elements_without(values: Sequence[Any], others: Sequence[Any]) -> str:
    """The elements as JSON: 1 and true are equal in Python."""
    known = [json.dumps(value, default=str) for value in others]
    own = [value for value in values if json.dumps(value, default=str) not in known]
    texts = [json.dumps(value, ensure_ascii=False, default=str) for value in own]
    return f"… {', '.join(texts)} …" if texts else f"{count(len(values), 'element')} in this order"


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[: MAX_VALUE_LENGTH - 1]}…"


def describe_drift(drift: DriftChange) -> str:
    """
    >>> describe_drift(DriftChange(column="age", exceeded=["psi"], base_exceeded=["ks"]))
    'age exceeds psi (before: ks)'
    """
    before = f" (before: {', '.join(drift.base_exceeded)})" if drift.base_exceeded else ""
    return f"{drift.column} exceeds {', '.join(drift.exceeded)}{before}"


def describe_size(change: SizeChange) -> str:
    base, head = ("none" if size is None else f"{size:,}" for size in (change.base, change.head))
    return f"{base} → {head}"


def describe_stage(change: StageChange, with_seconds: bool = True) -> str:
    seconds = f", {change.seconds:.1f} s" if with_seconds and change.seconds is not None else ""
    return f"{change.stage} ({', '.join(change.inputs)}{seconds})"


def describe_suite(change: SuiteChange) -> str:
    """
    >>> describe_suite(SuiteChange(name="starter", added=["a", "b"], removed=["c"]))
    'suite starter: with a, b; without c'
    """
    parts = [f"with {', '.join(change.added)}"] if change.added else []
    parts += [f"without {', '.join(change.removed)}"] if change.removed else []
    return f"suite {change.name}: {'; '.join(parts)}"


def describe_rest(dataset: DatasetComparison) -> list[str]:
    """Short texts for what differs besides the headline metric."""
    failed = sum(check.failed for check in dataset.checks)
    numbers = [
        (failed, "check fails", "checks fail"),
        (len(dataset.drift), "column drifted", "columns drifted"),
        (len(dataset.parameters), "parameter", "parameters"),
    ]
    texts = ["stale"] if dataset.stale or dataset.base_stale else []
    texts += ["other rows"] if dataset.same_rows is False else []
    texts += [f"accepted profile {dataset.accepted_profile}"] if dataset.accepted_profile else []
    return [*texts, *(count(number, one, several) for number, one, several in numbers if number)]


def has_same_results(dataset: DatasetComparison) -> bool:
    """Whether nothing but the records of its stages differs, as after a change of code that changes no result."""
    return dataset == DatasetComparison(
        key=dataset.key,
        title=dataset.title,
        state="changed",
        same_rows=dataset.same_rows,
        same_metrics=dataset.same_metrics,
        stages=dataset.stages,
        stale=dataset.stale,
        base_stale=dataset.base_stale,
    )


def group_same_results(datasets: Sequence[DatasetComparison]) -> list[str]:
    """A sentence for the datasets with the same results of which the same stages have other records.

    >>> train = StageChange(stage="train", inputs=["code"])
    >>> both = [DatasetComparison(key=key, state="changed", stages=[train]) for key in ("iris", "wine")]
    >>> group_same_results(both)
    ['2 datasets with the same results (iris, wine); stages: train (code)']
    """
    groups: dict[str, list[str]] = {}
    for dataset in filter(has_same_results, datasets):
        stages = ", ".join(describe_stage(stage, with_seconds=False) for stage in dataset.stages)
        groups.setdefault(f"; stages: {stages}" if stages else "", []).append(dataset.key)
    return [
        f"{count(len(keys), 'dataset')} with the same results ({', '.join(keys)}){stages}"
        for stages, keys in groups.items()
    ]


def describe_unchanged(comparison: Comparison) -> str:
    return f"{count(len(comparison.unchanged), 'dataset')} unchanged"
