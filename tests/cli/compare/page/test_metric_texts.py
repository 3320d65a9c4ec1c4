from typing import Any

import pytest

from stages.cli.compare.comparison import BootstrapEvidence, McNemarEvidence, MetricChange, SeedsEvidence
from stages.cli.compare.page.metric_texts import evidence_text, metric_row, metric_rows
from stages.report.format_text import DASH, MINUS
from stages.report.metric_descriptions import describe_metric


def change(**fields: Any) -> MetricChange:
    values: dict[str, Any] = {
        "name": "price.rmse", "headline": False, "better": "lower", "base": 2.0, "head": 1.5, "change": -0.5,
        "relative": -0.25, "improvement": 0.5, "result": "better",
    }  # fmt: skip
    return MetricChange.model_validate(values | fields)


def test_a_metric_of_one_of_several_targets() -> None:
    row = metric_row(change())
    assert (row.title, row.base, row.head) == ("price: root mean squared error", "2", "1.5")
    assert (row.change, row.relative, row.tone) == (f"{MINUS}0.5", f"{MINUS}25%", "good")


def test_a_share_is_in_percent() -> None:
    row = metric_row(change(name="accuracy", base=0.5, head=0.25, change=-0.25, relative=-0.5, result="worse"))
    assert (row.title, row.base, row.head, row.change) == ("Accuracy", "50%", "25%", f"{MINUS}25 points")
    assert row.tone == "bad"


def test_a_metric_of_one_revision_alone() -> None:
    row = metric_row(change(base=None, change=None, relative=None, improvement=None, result="new"))
    assert (row.base, row.head, row.change, row.relative, row.tone) == (DASH, "1.5", DASH, DASH, "")


def test_the_headline_metric_is_first() -> None:
    rows = metric_rows([change(), change(name="price.mae", headline=True), change(name="price.mse")])
    assert [row.headline for row in rows] == [True, False, False]


@pytest.mark.parametrize(("interval", "word"), [((-0.5, 0.25), "includes"), ((0.125, 0.25), "excludes")])
def test_an_interval_of_resampled_rows(interval: tuple[float, float], word: str) -> None:
    evidence = BootstrapEvidence(paired=True, interval=interval, resamples=1000, rows=(30, 30))
    text = evidence_text(evidence, describe_metric("rmse"))
    assert "1,000 resamples of the same 30 rows" in text
    assert f"+0.25, which {word} 0" in text


def test_an_interval_of_other_rows() -> None:
    evidence = BootstrapEvidence(paired=False, interval=(0.1, 0.2), resamples=500, rows=(30, 1200))
    assert "of 30 and 1,200 rows: +10 points to +20 points" in evidence_text(evidence, describe_metric("accuracy"))


def test_means_over_seeds() -> None:
    evidence = SeedsEvidence(counts=(5, 3), means=(0.5, 0.75), spreads=(0.1, 0.1), limit=0.125)
    text = evidence_text(evidence, describe_metric("accuracy"))
    assert text == "Means over 5 and 3 seeds: 50% and 75%. A difference of up to 12.5 points may be noise."


def test_rows_that_one_revision_predicts_correctly() -> None:
    evidence = McNemarEvidence(only_base_correct=1, only_head_correct=5, p_value=0.21875, rows=30)
    text = evidence_text(evidence, describe_metric("accuracy"))
    assert text == "McNemar: of 30 rows, 5 predicted correctly only by head and 1 only by base; p = 0.2188."
