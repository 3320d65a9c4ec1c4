"""The gate `no_worse_than_base`: what compare found decides."""

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from stages.cli.check.base_bounds import BaseMetrics, check_against_base
from stages.cli.check.check_report import GateResult
from stages.cli.check.metric_bounds import MeasuredMetrics
from stages.cli.compare.comparison import MetricChange, Result, SeedsEvidence
from stages.config.gates.gate_params import Tolerance


def change(base: float, head: float, better: Literal["higher", "lower"], result: Result) -> MetricChange:
    improvement = head - base if better == "higher" else base - head
    return MetricChange(
        name="metric", headline=False, better=better, base=base, head=head, change=head - base, relative=None,
        improvement=improvement, result=result,
    )  # fmt: skip


def check(tolerance: Tolerance, metrics: Mapping[str, float], base: BaseMetrics) -> GateResult:
    [result] = check_against_base({"metric": tolerance}, MeasuredMetrics(metrics, {}), base)
    assert result.gate == "no_worse_than_base.metric"
    return result


@pytest.mark.parametrize(
    ("base", "head", "better", "tolerance", "passed"),
    [
        (0.9, 0.89, "higher", 0.01, True),
        (0.9, 0.88, "higher", 0.01, False),
        (0.9, 0.95, "higher", 0, True),
        (0.9, 0.899999, "higher", 0, False),
        (0.3, 0.4, "lower", 0.1, True),
        (0.3, 0.400001, "lower", 0.1, False),
        (0.3, 0.2, "lower", 0, True),
        (1234.56, 1234.66, "lower", 0.1, True),
    ],
)
def test_a_number_is_the_largest_loss_that_passes(
    base: float, head: float, better: Any, tolerance: float, passed: bool
) -> None:
    """Whatever compare says of the noise. 0.9 - 0.89 is more than 0.01 in floating point."""
    for result in ("worse", "within noise", "differs"):
        metrics = BaseMetrics("main", {"metric": base}, changes={"metric": change(base, head, better, result)})
        found = check(tolerance, {"metric": head}, metrics)
        assert (found.passed, found.base, found.value) == (passed, base, head)
        assert bool(found.text) != passed


@pytest.mark.parametrize(
    ("result", "head", "passed"),
    [
        ("worse", 0.5, False),
        ("within noise", 0.85, True),
        ("better", 0.95, True),
        ("differs", 0.95, True),
        ("differs", 0.89, False),
    ],
)
def test_noise_is_what_compare_says(result: Result, head: float, passed: bool) -> None:
    base = BaseMetrics(
        "main", {"metric": 0.9}, changes={"metric": change(0.9, head, "higher", result)}, unknown=["predictions: gone"]
    )
    found = check("noise", {"metric": head}, base)
    assert found.passed == passed
    assert ("predictions: gone" in found.text) == (result == "differs" and not passed)


def test_an_equal_value_passes() -> None:
    assert check("noise", {"metric": 0.9}, BaseMetrics("main", {"metric": 0.9}, changes={})).passed
    assert check(0, {"metric": 0.9}, BaseMetrics("main", {"metric": 0.9}, changes={})).passed


def test_what_is_new_has_nothing_to_compare() -> None:
    for base in (BaseMetrics("main"), BaseMetrics("main", {"other": 1.0}, changes={})):
        found = check(0, {"metric": 0.9}, base)
        assert found.passed
        assert "nothing to compare" in found.text


def test_a_base_that_cannot_be_read_fails() -> None:
    found = check("noise", {"metric": 0.9}, BaseMetrics("main", {}, "reports/metrics/iris.json of main: damaged"))
    assert not found.passed
    assert "damaged" in found.text


def test_a_metric_without_a_value_never_passes() -> None:
    for base in (BaseMetrics("main"), BaseMetrics("main", {"metric": 0.1}, changes={})):
        assert not check("noise", {"other": 0.9}, base).passed


def test_a_mean_over_seeds_that_is_worse_fails_with_the_means() -> None:
    """The value is that of the first seed, which may be equal."""
    seeds = SeedsEvidence(counts=(3, 3), means=(0.98, 0.71), spreads=(0.01, 0.02), limit=0.05)
    worse = change(1, 1, "higher", "worse").model_copy(update={"improvement": -0.27, "evidence": [seeds]})
    found = check("noise", {"metric": 1.0}, BaseMetrics("main", {"metric": 1.0}, changes={"metric": worse}))
    assert not found.passed
    assert "0.71 after 0.98 in main" in found.text


@pytest.mark.parametrize(("tolerance", "passed"), [(0.3, True), (0.27, True), (0.26, False)])
def test_a_number_is_the_largest_loss_of_the_means_over_seeds(tolerance: float, passed: bool) -> None:
    """The first seed lost more."""
    seeds = SeedsEvidence(counts=(3, 3), means=(0.98, 0.71), spreads=(0.01, 0.02), limit=0.05)
    worse = change(0.99, 0.5, "higher", "worse").model_copy(update={"improvement": -0.27, "evidence": [seeds]})
    found = check(tolerance, {"metric": 0.5}, BaseMetrics("main", {"metric": 0.99}, changes={"metric": worse}))
    assert (found.passed, found.base, found.value) == (passed, 0.98, 0.71)
    assert ("0.71 after 0.98 in main, over seeds, is worse by 0.27" in found.text) == (not passed)


@pytest.mark.parametrize("tolerance", [0.5, "noise"])
def test_means_over_seeds_that_are_not_known_fail(tolerance: Tolerance) -> None:
    """The values of the first seed are equal, or better."""
    for value in (0.9, 0.95):
        lost = change(0.9, value, "higher", "not known").model_copy(update={"not_judged": "the means are not known"})
        base = BaseMetrics("main", {"metric": 0.9}, changes={"metric": lost}, unknown=["evaluation records: gone"])
        found = check(tolerance, {"metric": value}, base)
        assert not found.passed
        assert found.text == "the means are not known: evaluation records: gone"
