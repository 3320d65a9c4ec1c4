"""The metrics of two revisions as the rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.cli.compare.comparison import MetricChange, Result
from stages.cli.compare.describe_metrics import describe_judgement, describe_relative, describe_values
from stages.report.rendering.format_text import DASH
from stages.report.rendering.metric_descriptions import describe_metric, metric_title

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
    base, head = describe_values(change, description)
    return MetricRow(
        title=metric_title(metric, target),
        headline=change.headline,
        base=base,
        head=head,
        change=DASH if change.change is None else description.format_difference(change.change),
        relative=describe_relative(change.relative),
        result=change.result,
        tone=_TONES.get(change.result, ""),
        evidence=[*map(_sentence, describe_judgement(change, description))],
    )


def split_metric_name(name: str) -> tuple[str, str]:
    """The target, which is empty if there is only one, and the metric.

    >>> split_metric_name("rmse"), split_metric_name("price.rmse")
    (('', 'rmse'), ('price', 'rmse'))
    """
    target, _, metric = name.rpartition(".")
    return target, metric


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
