"""Writes the page: a summary of all datasets that differ, then a section for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.cli.compare.comparison import Comparison, DatasetComparison, Result
from stages.cli.compare.describe_changes import (
    describe_baseline,
    describe_commit,
    describe_rest,
    describe_stale,
    describe_suite,
    group_same_results,
    has_same_results,
    headline_result,
    is_stale,
)
from stages.cli.compare.page.dataset_section import dataset_section, group_reasons
from stages.cli.compare.page.metric_texts import MetricRow, metric_row, metric_rows, split_metric_name
from stages.cli.pages.render_page import render_page
from stages.cli.revisions.snapshot import Snapshot
from stages.core.files.atomic_write import write_text
from stages.report.rendering.format_text import count
from stages.report.rendering.metric_descriptions import describe_metric, metric_title

# The id of the section of new and removed datasets.
OTHERS = "new-and-removed"
# The results of a headline metric, as the summary counts them.
RESULTS: dict[Result, str] = {
    "better": "better",
    "worse": "worse",
    "within noise": "within noise",
    "differs": "not judged",
    "not known": "not known",
}


@dataclass(frozen=True)
class SummaryRow:
    """`target` is the id of the dataset's section, empty if it has none.

    `headline` is None if the headline metric is the same, or not known; `note` then says so. `rest` counts what else
    differs.
    """

    key: str
    title: str
    state: str
    target: str
    headline: MetricRow | None
    note: str
    rest: str


def write_page(comparison: Comparison, base: Snapshot, head: Snapshot, path: Path) -> None:
    """The same comparison of the same files gives the same bytes."""
    write_text(path, page_text(comparison, base, head))


def page_text(comparison: Comparison, base: Snapshot, head: Snapshot) -> str:
    shown = [dataset for dataset in comparison.datasets if not has_same_results(dataset)]
    changed = [dataset for dataset in shown if dataset.state == "changed"]
    others = [dataset for dataset in shown if dataset.state in ("new", "removed")]
    return render_page(
        "stages.cli.compare.page",
        "comparison_page.html",
        title=f"{comparison.base.name} → {comparison.head.name}",
        revisions=[("base", *describe_commit(comparison.base)), ("head", *describe_commit(comparison.head))],
        sentence=summary_sentence(shown),
        summary=[summary_row(dataset) for dataset in shown],
        stale=describe_stale(comparison),
        unchanged=unchanged_sentences(comparison),
        suites=[describe_suite(change) for change in comparison.suites],
        unknown=group_reasons(comparison.unknown),
        sections=[dataset_section(dataset, base, head) for dataset in changed],
        others=[(dataset, metric_rows(dataset.metrics), _baseline_sentence(dataset)) for dataset in others],
    )


def summary_row(dataset: DatasetComparison) -> SummaryRow:
    headline = dataset.headline
    return SummaryRow(
        key=dataset.key,
        title=dataset.title or dataset.key,
        state=dataset.state,
        target={"changed": f"dataset-{dataset.key}", "new": OTHERS, "removed": OTHERS}.get(dataset.state, ""),
        headline=metric_row(headline) if headline else None,
        note="" if headline else _without_headline(dataset),
        rest="; ".join(describe_rest(dataset)),
    )


def _baseline_sentence(dataset: DatasetComparison) -> str:
    return describe_baseline(dataset.best_baseline) if dataset.best_baseline else ""


def _without_headline(dataset: DatasetComparison) -> str:
    if dataset.state in ("new", "removed"):
        return "the values are not known"
    if dataset.state == "unchanged":
        return f"no difference is known; not compared: {'; '.join(dataset.unknown)}"
    if same := dataset.same_headline:
        target, metric = split_metric_name(same.name)
        value = f"{metric_title(metric, target)}: {describe_metric(metric).format(same.value)}"
        if "evaluate" in dataset.stale:
            return f"{value} in base; {headline_result(dataset)}"
        return f"{value} in both{', stale' if is_stale(dataset) else ''}"
    return "the metrics are not known"


def summary_sentence(shown: Sequence[DatasetComparison]) -> str:
    """How many datasets differ, and the results of their headline metrics.

    >>> summary_sentence([]), summary_sentence([DatasetComparison(key="iris", state="new")])
    ('No dataset differs.', '1 dataset differs. 1 is new.')
    """
    datasets = [dataset for dataset in shown if dataset.state != "unchanged"]
    if not datasets:
        return "No dataset differs."
    results = [dataset.headline.result for dataset in datasets if dataset.headline and dataset.state == "changed"]
    judged = [f"{results.count(result):,} {text}" for result, text in RESULTS.items() if result in results]
    states = [dataset.state for dataset in datasets]
    return " ".join(
        [
            f"{count(len(datasets), 'dataset differs', 'datasets differ')}.",
            *([f"By the headline metric: {', '.join(judged)}."] if judged else []),
            *(_sentence(states.count(state), state) for state in ("new", "removed") if state in states),
        ]
    )


def _sentence(number: int, state: str) -> str:
    return f"{number:,} {'is' if number == 1 else 'are'} {state}."


def unchanged_sentences(comparison: Comparison) -> list[str]:
    """Those with the same results by the stages that differ, and those in which nothing differs."""
    sentences = [f"{sentence}." for sentence in group_same_results(comparison.datasets)]
    if comparison.unchanged:
        number = count(len(comparison.unchanged), "dataset is", "datasets are")
        sentences.append(f"{number} the same: {', '.join(comparison.unchanged)}.")
    return sentences
