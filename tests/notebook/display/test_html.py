import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.cli.compare.comparison import (
    CheckChange,
    DatasetComparison,
    DriftChange,
    MetricValue,
    SizeChange,
    StageChange,
    SuiteChange,
)
from stages.core import paths
from stages.notebook.display.comparison_html import comparison_html
from stages.notebook.display.dataset_html import dataset_html
from stages.notebook.display.html_parts import table
from stages.notebook.files.dataset_files import WorkingTreeFiles
from stages.notebook.files.read_when_used import DatasetResults
from tests.notebook.recorded_example import KEY, in_working_tree, record_example
from tests.notebook.test_compared_revisions import FOUND, NEW
from tests.notebook.test_dataset import KINDS
from tests.report.example_datasets import ExampleDataset, flowers


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_dataset_of_every_kind_is_shown(kind: Callable[[], ExampleDataset], folder: Path) -> None:
    example = kind()
    record_example(example)
    html = in_working_tree()._repr_html_()
    assert html.count("<svg") == 1
    assert "<script" not in html
    assert "://" not in html
    samples = {split: count for split, count in example.processed.fitted.splits.items() if count}
    assert " ".join(["split", *samples, "samples", *map(str, samples.values())]) in text_of(html)


def test_the_headline_is_beside_the_best_baseline(folder: Path) -> None:
    record_example(flowers())
    shown = text_of(in_working_tree()._repr_html_())
    assert shown.startswith("Flowers mine, working tree Accuracy: 75% on 4 test samples.")
    assert "The model is 25 points better than" in shown


def test_what_is_missing_is_a_sentence(folder: Path) -> None:
    record_example(flowers())
    paths.history(KEY).unlink()
    shown = text_of(in_working_tree()._repr_html_())
    assert "Accuracy: 75%" in shown
    assert "reports/history/mine.csv: not found; run `restage run mine`" in shown


def test_a_warning_takes_the_place_of_reasons(folder: Path) -> None:
    results = DatasetResults(KEY, WorkingTreeFiles(folder, KEY))
    html = dataset_html("A <b> title", KEY, "mine: never ran", results)
    assert text_of(html) == "A &lt;b&gt; title mine mine: never ran"


def test_a_comparison_shows_metrics_and_what_else_changed() -> None:
    html = comparison_html(FOUND)
    shown = text_of(html)
    assert shown.startswith("Comparison main (00000000) → working tree")
    assert (
        "mine accuracy (headline) 0.75 0.5 \N{MINUS SIGN}0.25 (\N{MINUS SIGN}33.3%) within noise of 30 rows, 2 "
        "correct only in" in shown
    )
    assert "parameters: a 1 → 2" in shown
    assert "1 dataset unchanged." in shown
    assert "warning" not in html.partition("</style>")[2]


def test_stale_results_of_a_comparison_are_a_warning() -> None:
    stale = DatasetComparison(key="mine", state="changed", stale=["train"])
    html = comparison_html(FOUND.model_copy(update={"datasets": [stale]}))
    assert 'class="warning"' in html
    assert "mine" in text_of(html)


def test_every_kind_of_change_is_shown() -> None:
    changed = DatasetComparison(
        key="mine",
        state="changed",
        same_rows=False,
        checks=[CheckChange(name="no duplicates", base="passed", head="12 unexpected", failed=True)],
        drift=[DriftChange(column="age", exceeded=["psi"])],
        accepted_profile="changed",
        sizes=[SizeChange(name="test rows", base=10, head=1200)],
        unknown=["a file is not here"],
    )
    same = DatasetComparison(key="other", state="changed", stages=[StageChange(stage="train", inputs=["code"])])
    found = FOUND.model_copy(
        update={
            "datasets": [changed, same],
            "suites": [SuiteChange(name="starter", added=["x"])],
            "unknown": ["git has no y"],
        }
    )
    shown = text_of(comparison_html(found))
    for text in (
        "mine: changed rows: head measured other rows than base",
        "checks: no duplicates: passed → 12 unexpected",
        "drift: age exceeds psi",
        "accepted profile: changed",
        "sizes: test rows 10 → 1,200",
        "not known: a file is not here",
        "the same results",
        "suite starter: with x.",
        "Not known: git has no y.",
    ):
        assert text in shown


def test_the_headline_is_shown_if_it_is_the_same_and_why_a_metric_is_not_judged() -> None:
    changed = DatasetComparison(
        key="mine",
        state="changed",
        metrics=[
            NEW.model_copy(update={"name": "loss", "result": "differs", "not_judged": "the stored predictions lack it"})
        ],
        same_headline=MetricValue(name="accuracy", value=0.9),
        same_metrics=4,
    )
    shown = text_of(comparison_html(FOUND.model_copy(update={"datasets": [changed]})))
    assert "mine accuracy (headline) 0.9 0.9 same mine loss" in shown
    assert "differs not judged: the stored predictions lack it" in shown
    assert "3 metrics unchanged" in shown


def test_a_comparison_without_a_difference_says_so() -> None:
    shown = text_of(comparison_html(FOUND.model_copy(update={"datasets": []})))
    assert shown.endswith("1 dataset unchanged. Nothing differs.")


def test_every_text_is_escaped() -> None:
    assert '<td class="text">&lt;i&gt;</td>' in table(["a"], [["<i>"]])
