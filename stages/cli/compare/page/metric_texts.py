"""Metrics of two revisions as text: values, changes, results, and the evidence of a result in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.cli.compare.comparison import (
    BootstrapEvidence,
    Evidence,
    McNemarEvidence,
    MetricChange,
    Result,
    SeedsEvidence,
)
from stages.report.format_text import DASH, count, format_number, format_percent, with_sign
from stages.report.metric_descriptions import MetricDescription, describe_metric, metric_title

# The CSS class of each result.
_TONES: dict[Result, str] = {"better": "good", "worse": "bad"}


@dataclass(frozen=True)
class MetricRow:
    """`tone` is the CSS class of the result; empty for one that is neither better nor worse."""

    title: str
    headline: bool
    base: str
    head: str
    change: str
    relative: str
    result: Result
    tone: str
    evidence: list[str]


def metric_rows(changes: Sequence[MetricChange]) -> list[MetricRow]:
    """The headline metric first."""
    return [metric_row(change) for change in sorted(changes, key=lambda change: not change.headline)]


def metric_row(change: MetricChange) -> MetricRow:
    target, metric = split_metric_name(change.name)
    description = describe_metric(metric)
    base, head = format_values(description, change.base, change.head)
    return MetricRow(
        title=metric_title(metric, target),
        headline=change.headline,
        base=base,
        head=head,
        change=DASH if change.change is None else description.format_difference(change.change),
        relative=relative_text(change.relative),
        result=change.result,
        tone=_TONES.get(change.result, ""),
        evidence=[evidence_text(each, description) for each in change.evidence],
    )


def relative_text(share: float | None) -> str:
    """
    >>> relative_text(0.5), relative_text(-0.0001), relative_text(0.0)
    ('+50%', '<0.1%', '0%')
    """
    if share is None or not 0 < abs(share) < 0.0005:
        return with_sign(format_percent(share))
    return format_percent(abs(share))


def split_metric_name(name: str) -> tuple[str, str]:
    """The target, which is empty if there is only one, and the metric.

    >>> split_metric_name("rmse"), split_metric_name("price.rmse")
    (('', 'rmse'), ('price', 'rmse'))
    """
    target, _, metric = name.rpartition(".")
    return target, metric


def format_values(description: MetricDescription, base: float | None, head: float | None) -> tuple[str, str]:
    """With more digits where two different values would have the same text.

    >>> format_values(describe_metric("rmse"), 1.23456, 1.23461)
    ('1.23456', '1.23461')
    """
    texts = description.format(base), description.format(head)
    if texts[0] != texts[1] or base is None or head is None or base == head:
        return texts
    return f"{base:.6g}", f"{head:.6g}"


def evidence_text(evidence: Evidence, description: MetricDescription) -> str:
    match evidence:
        case SeedsEvidence():
            return _seeds_text(evidence, description)
        case BootstrapEvidence():
            return _bootstrap_text(evidence, description)
        case McNemarEvidence():
            return _mcnemar_text(evidence)


def _seeds_text(evidence: SeedsEvidence, description: MetricDescription) -> str:
    base, head = format_values(description, *evidence.means)
    limit = description.format_difference(evidence.limit).removeprefix("+")
    return (
        f"Means over {evidence.counts[0]:,} and {count(evidence.counts[1], 'seed')}: {base} and {head}. "
        f"A difference of up to {limit} may be noise."
    )


def _bootstrap_text(evidence: BootstrapEvidence, description: MetricDescription) -> str:
    low, high = (description.format_difference(bound) for bound in evidence.interval)
    base_rows, head_rows = evidence.rows
    rows = f"the same {count(head_rows, 'row')}" if evidence.paired else f"{base_rows:,} and {count(head_rows, 'row')}"
    has_zero = evidence.interval[0] <= 0 <= evidence.interval[1]
    return (
        f"95% interval of the improvement over {evidence.resamples:,} resamples of {rows}: {low} to {high}, "
        f"which {'includes' if has_zero else 'excludes'} 0."
    )


def _mcnemar_text(evidence: McNemarEvidence) -> str:
    return (
        f"McNemar: of {count(evidence.rows, 'row')}, {evidence.only_head_correct:,} predicted correctly only by head "
        f"and {evidence.only_base_correct:,} only by base; p = {format_number(evidence.p_value)}."
    )
