"""The index page: the headline of each dataset beside its best baseline, and leaderboards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.suite_datasets import DatasetTitle
from stages.report.rendering.format_text import count, format_number, format_percent
from stages.report.rendering.render_template import render
from stages.report.sections.summary_section import Summary, summary
from stages.report.suite.leaderboard import leaderboards


@dataclass(frozen=True)
class Unfinished:
    """What to say on the index page after a run that did not finish, or that was of some datasets.

    `failed` and `old` say why, for the datasets that failed or whose results are old; `pages` are the datasets that
    have a page. `finished` says that nothing failed or was stopped.
    """

    failed: Mapping[str, str]
    old: Mapping[str, str]
    pages: Collection[str]
    finished: bool = False


def index_page(
    datasets: Sequence[DatasetTitle], evaluations: Mapping[str, EvaluationRecord], unfinished: Unfinished | None = None
) -> str:
    """`evaluations` holds the datasets that were evaluated."""
    summaries = {d.key: summary(evaluations[d.key]) for d in datasets if d.key in evaluations}
    return render(
        "index_page.html",
        datasets=datasets,
        summaries=summaries,
        leaderboards=leaderboards(datasets, evaluations),
        sentence=count_sentence(len(datasets), list(summaries.values())),
        bar_width=bar_width,
        bar_text=bar_text,
        unfinished=unfinished,
        unfinished_sentence=unfinished and unfinished_sentence(unfinished),
    )


def unfinished_sentence(unfinished: Unfinished) -> str:
    """
    >>> unfinished_sentence(Unfinished({"iris": "train failed"}, {"wine": "", "digits": ""}, []))
    'The last run did not finish: 1 dataset failed, 2 datasets have old results.'
    """
    failed, old = len(unfinished.failed), len(unfinished.old)
    parts = [f"{count(failed, 'dataset')} failed"] if failed else []
    parts += [f"{count(old, 'dataset')} {'has' if old == 1 else 'have'} old results"] if old else []
    what = "The last run was of some datasets" if unfinished.finished else "The last run did not finish"
    return f"{what}{': ' if parts else ''}{', '.join(parts)}."


def bar_width(error_reduction: float) -> str:
    """Half of the bar's track is for a smaller error, half for a larger one.

    >>> bar_width(0.5), bar_width(-3.0)
    ('25.0%', '50.0%')
    """
    return f"{min(1.0, abs(error_reduction)) * 50:.1f}%"


def bar_text(error_reduction: float) -> str:
    """
    >>> bar_text(0.95), bar_text(-0.1), bar_text(-5.0)
    ('95% less error', '10% more error', '6 times the error')
    """
    if error_reduction <= -1:
        return f"{format_number(float(f'{1 - error_reduction:.2g}'))} times the error"
    return f"{format_percent(abs(error_reduction))} {'less' if error_reduction >= 0 else 'more'} error"


def count_sentence(datasets: int, evaluated: Sequence[Summary]) -> str:
    """How many datasets are better and worse than their best baselines."""
    better = sum(content.better for content in evaluated)
    worse = sum(content.worse for content in evaluated)
    counts = {"worse": worse, "the same": len(evaluated) - better - worse}
    counts["not evaluated yet"] = datasets - len(evaluated)
    parts = [f"{count(datasets, 'dataset')}: {better:,} better than the best baseline"]
    return ", ".join([*parts, *(f"{number:,} {text}" for text, number in counts.items() if number)]) + "."
