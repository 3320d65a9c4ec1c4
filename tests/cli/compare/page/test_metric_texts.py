from typing import Any

from stages.cli.compare.comparison import BootstrapEvidence, MetricChange
from stages.cli.compare.page.metric_texts import metric_row, metric_rows
from stages.report.rendering.format_text import DASH, MINUS


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


def test_the_evidence_is_in_the_unit_of_the_metric() -> None:
    evidence = BootstrapEvidence(paired=True, interval=(-0.5, 0.25), resamples=1000, rows=(30, 30))
    [sentence] = metric_row(change(name="accuracy", evidence=[evidence])).evidence
    assert f"from {MINUS}50 points to +25 points" in sentence
