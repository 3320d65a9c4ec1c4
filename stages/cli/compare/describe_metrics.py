"""The words for metrics that differ: values, differences, and what a difference is judged by."""

from stages.cli.compare.comparison import (
    BootstrapEvidence,
    Evidence,
    McNemarEvidence,
    MetricChange,
    SeedsEvidence,
)
from stages.report.rendering.format_text import DASH, count, format_number, format_percent, with_sign
from stages.report.rendering.metric_descriptions import MetricDescription

# Values as in reports/metrics. With the description of a metric, they are in its own unit, such as percent.
PLAIN = MetricDescription("")
# Ten times the value of base, and more.
MAX_RELATIVE = 10


def describe_values(metric: MetricChange, description: MetricDescription = PLAIN) -> tuple[str, str]:
    """Of base and of head."""
    return format_pair(metric.base, metric.head, description)


def format_pair(base: float | None, head: float | None, description: MetricDescription = PLAIN) -> tuple[str, str]:
    """With more digits where two different values would have the same text.

    >>> format_pair(1.2, 1.3), format_pair(1.23456, 1.23461)
    (('1.2', '1.3'), ('1.23456', '1.23461'))
    """
    texts = description.format(base), description.format(head)
    if texts[0] != texts[1] or base is None or head is None or base == head:
        return texts
    return f"{base:.6g}", f"{head:.6g}"


def describe_difference(metric: MetricChange) -> str:
    """The change, and its share of base's value."""
    if metric.change is None:
        return DASH
    relative = describe_relative(metric.relative)
    return with_sign(format_number(metric.change)) + ("" if relative == DASH else f" ({relative})")


def describe_relative(share: float | None) -> str:
    """A dash if there is none, or if it is so large that it says less than the values.

    >>> [describe_relative(share) for share in (0.5, 0.9999, 0.0)]
    ['+50%', '+100%', '0%']
    >>> describe_relative(0.0001), describe_relative(-0.0001)
    ('<0.1%', '<0.1%')
    """
    if share is not None and abs(share) >= MAX_RELATIVE:
        return DASH
    if share is None or 0 < abs(share) < 0.0005:
        return format_percent(share if share is None else abs(share))
    return with_sign(format_percent(round(share, 3)))


def describe_judgement(metric: MetricChange, description: MetricDescription = PLAIN) -> list[str]:
    """The evidence, and why there is none."""
    reason = [f"not judged: {metric.not_judged}"] if metric.not_judged else []
    return [*(describe_evidence(evidence, description) for evidence in metric.evidence), *reason]


def describe_evidence(evidence: Evidence, description: MetricDescription = PLAIN) -> str:
    match evidence:
        case SeedsEvidence(counts=counts, means=means, limit=limit):
            base, head = format_pair(*means, description)
            return (
                f"means over {counts[0]:,} and {count(counts[1], 'seed')}: {base} and {head}; a difference of up to "
                f"{description.format_difference(limit).removeprefix('+')} can be chance"
            )
        case McNemarEvidence(only_base_correct=base, only_head_correct=head, p_value=p_value, rows=rows):
            return (
                f"of {count(rows, 'row')}, {base:,} correct only in base and {head:,} only in head: "
                f"p = {format_number(p_value)} (McNemar)"
            )
        case BootstrapEvidence(paired=paired, interval=interval, rows=rows):
            of = (
                f"the same {count(rows[0], 'row')}"
                if paired
                else f"{count(rows[0], 'row')} of base, {rows[1]:,} of head"
            )
            lowest, highest = (description.format_difference(bound) for bound in interval)
            return f"improvement from {lowest} to {highest} (95% interval, bootstrap of {of})"
