"""The index page: the headline of each dataset beside its baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.suite_datasets import DatasetTitle
from stages.report.format_text import count, format_number, format_percent
from stages.report.render_template import render
from stages.report.sections.summary_section import Summary, summary


@dataclass(frozen=True)
class Entry:
    """One dataset; `summary` is None if it was not evaluated. `bar` shows the reduction of the baseline's error."""

    key: str
    title: str
    summary: Summary | None
    bar_width: str
    bar_text: str


def index_page(datasets: Sequence[DatasetTitle], evaluations: Mapping[str, EvaluationRecord]) -> str:
    """`evaluations` holds the datasets that were evaluated."""
    entries = [_entry(dataset, evaluations.get(dataset.key)) for dataset in datasets]
    return render("index_page.html", entries=entries, sentence=count_sentence([entry.summary for entry in entries]))


def _entry(dataset: DatasetTitle, evaluation: EvaluationRecord | None) -> Entry:
    content = summary(evaluation) if evaluation else None
    reduction = content.error_reduction if content else None
    return Entry(dataset.key, dataset.title, content, bar_width(reduction), bar_text(reduction))


def bar_width(error_reduction: float | None) -> str:
    """Half of the bar's track is for a smaller error, half for a larger one.

    >>> bar_width(0.5), bar_width(-3.0), bar_width(None)
    ('25.0%', '50.0%', '')
    """
    return "" if error_reduction is None else f"{min(1.0, abs(error_reduction)) * 50:.1f}%"


def bar_text(error_reduction: float | None) -> str:
    """
    >>> bar_text(0.95), bar_text(-0.1), bar_text(-5.0), bar_text(None)
    ('95% less error', '10% more error', '6 times the error', '')
    """
    if error_reduction is None:
        return ""
    if error_reduction <= -1:
        return f"{format_number(float(f'{1 - error_reduction:.2g}'))} times the error"
    return f"{format_percent(abs(error_reduction))} {'less' if error_reduction >= 0 else 'more'} error"


def count_sentence(summaries: Sequence[Summary | None]) -> str:
    """How many datasets are better and worse than their baselines."""
    evaluated = [content for content in summaries if content is not None]
    better = sum(content.better for content in evaluated)
    worse = sum(content.worse for content in evaluated)
    counts = {"worse": worse, "the same": len(evaluated) - better - worse}
    counts["not evaluated yet"] = len(summaries) - len(evaluated)
    parts = [f"{count(len(summaries), 'dataset')}: {better:,} better than the baseline"]
    return ", ".join([*parts, *(f"{number:,} {text}" for text, number in counts.items() if number)]) + "."
