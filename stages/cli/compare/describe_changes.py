"""The words for what differs, which the terminal and the Markdown have in common."""

import json
from typing import Any

from stages.cli.compare.comparison import (
    BootstrapEvidence,
    Comparison,
    Evidence,
    McNemarEvidence,
    MetricChange,
    RevisionName,
    SeedsEvidence,
    SizeChange,
    StageChange,
)
from stages.report.format_text import DASH, count, format_number, format_percent, with_sign

SHORT_COMMIT = 8
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
                f"means over {counts[0]} and {counts[1]} seeds {format_number(means[0])} and "
                f"{format_number(means[1])}; a difference of {format_number(limit)} can be chance"
            )
        case McNemarEvidence(only_base_correct=base, only_head_correct=head, p_value=p_value, rows=rows):
            return f"of {count(rows, 'row')}, {base} correct only before, {head} only now; p {format_number(p_value)}"
        case BootstrapEvidence(paired=paired, interval=interval, rows=rows):
            of = f"the same {count(rows[0], 'row')}" if paired else f"{rows[0]:,} and {count(rows[1], 'other row')}"
            lowest, highest = (with_sign(format_number(bound)) for bound in interval)
            return f"95% interval of the improvement {lowest} to {highest}, on {of}"


def describe_value(value: Any, is_set: bool) -> str:
    if not is_set:
        return NOT_SET
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[: MAX_VALUE_LENGTH - 1]}…"


def describe_size(change: SizeChange) -> str:
    base, head = ("none" if size is None else f"{size:,}" for size in (change.base, change.head))
    return f"{base} → {head}"


def describe_stage(change: StageChange) -> str:
    seconds = "" if change.seconds is None else f", {change.seconds:.1f} s"
    return f"{change.stage} ({', '.join(change.inputs)}{seconds})"


def describe_unchanged(comparison: Comparison) -> str:
    return f"{count(len(comparison.unchanged), 'dataset')} unchanged"
