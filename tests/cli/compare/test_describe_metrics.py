from typing import Any

import pytest

from stages.cli.compare.comparison import (
    BootstrapEvidence,
    Evidence,
    McNemarEvidence,
    MetricChange,
    SeedsEvidence,
)
from stages.cli.compare.describe_metrics import describe_difference, describe_evidence, describe_values
from stages.report.rendering.format_text import MINUS
from stages.report.rendering.metric_descriptions import describe_metric


def change(base: float, head: float, relative: float | None) -> MetricChange:
    values: dict[str, Any] = {"name": "rmse", "headline": True, "better": "lower", "result": "worse"}
    return MetricChange(**values, base=base, head=head, change=head - base, relative=relative, improvement=base - head)


def test_a_difference_that_four_digits_do_not_show() -> None:
    metric = change(100.001, 100.002, 1e-05)
    assert describe_values(metric) == ("100.001", "100.002")
    assert describe_difference(metric) == "+0.001 (<0.1%)"


@pytest.mark.parametrize(
    ("relative", "text"), [(None, "+2"), (-0.5, f"+2 ({MINUS}50%)"), (0.99996, "+2 (+100%)"), (51.761, "+2")]
)
def test_a_relative_change(relative: float | None, text: str) -> None:
    assert describe_difference(change(0.0, 2.0, relative)) == text


@pytest.mark.parametrize(
    ("evidence", "numbers"),
    [
        (BootstrapEvidence(paired=True, interval=(-0.5, 0.25), resamples=1000, rows=(30, 30)), ["95%", "30"]),
        (BootstrapEvidence(paired=False, interval=(0.1, 0.2), resamples=500, rows=(30, 1200)), ["95%", "30", "1,200"]),
        (SeedsEvidence(counts=(5, 3), means=(0.5, 0.75), spreads=(0.1, 0.1), limit=0.125), ["5", "3"]),
        (McNemarEvidence(only_base_correct=1, only_head_correct=5, p_value=0.21875, rows=30), ["30", "1", "5"]),
    ],
)
def test_the_numbers_of_the_evidence(evidence: Evidence, numbers: list[str]) -> None:
    words = describe_evidence(evidence).replace("(", " ").split()
    for number in numbers:
        assert number in words


def test_the_unit_of_the_metric() -> None:
    evidence = SeedsEvidence(counts=(5, 3), means=(0.5, 0.75), spreads=(0.1, 0.1), limit=0.125)
    text = describe_evidence(evidence, describe_metric("accuracy"))
    assert "50% and 75%" in text
    assert "12.5 points" in text
    assert "0.125" in describe_evidence(evidence)
