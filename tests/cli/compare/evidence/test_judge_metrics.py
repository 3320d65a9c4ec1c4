from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.cli.compare.comparison import BootstrapEvidence, McNemarEvidence, SeedsEvidence
from stages.cli.compare.evidence.judge_metrics import result_of
from stages.core.artefacts.records.evaluation import SeedStatistics
from stages.core.artefacts.windows import Window
from stages.core.dvc.storage.cache import cache_folder
from tests.cli.compare.recorded_results import (
    Results,
    commit_results,
    compare,
    compare_tiny,
    of_values,
    predicted,
)


def test_fewer_wrong_rows_than_before_can_be_chance(repository: Path) -> None:
    dataset = compare_tiny(predicted(0, 1, 2), predicted(2))
    [accuracy] = dataset.metrics
    assert (accuracy.base, accuracy.head, accuracy.change, accuracy.improvement) == (0.7, 0.9, 0.2, 0.2)
    assert (accuracy.result, accuracy.headline, dataset.same_rows) == ("within noise", True, True)
    mcnemar, bootstrap = accuracy.evidence
    assert isinstance(mcnemar, McNemarEvidence)
    assert (mcnemar.only_base_correct, mcnemar.only_head_correct, mcnemar.p_value, mcnemar.rows) == (0, 2, 0.5, 10)
    assert isinstance(bootstrap, BootstrapEvidence)
    assert bootstrap.paired


@pytest.mark.parametrize(("base", "head", "result"), [((*range(7),), (), "better"), ((), (*range(7),), "worse")])
def test_many_rows_that_changed_sides_are_no_chance(
    base: tuple[int, ...], head: tuple[int, ...], result: str, repository: Path
) -> None:
    [accuracy] = compare_tiny(predicted(*base), predicted(*head)).metrics
    assert accuracy.result == result
    assert accuracy.evidence[0] == McNemarEvidence(
        only_base_correct=len(head), only_head_correct=len(base), p_value=2 / 2**7, rows=10
    )


def test_four_rows_of_thirty_are_judged_by_the_exact_test(repository: Path) -> None:
    """The bootstrap alone would call it better: its interval begins above 0."""
    rows: dict[str, Any] = {"truth": [0] * 30, "rows": range(30)}
    base = Results(**rows, predicted=[1] * 4 + [0] * 26, metrics={"accuracy": 26 / 30})
    [accuracy] = compare_tiny(base, Results(**rows, predicted=[0] * 30)).metrics
    mcnemar, bootstrap = accuracy.evidence
    assert isinstance(mcnemar, McNemarEvidence)
    assert isinstance(bootstrap, BootstrapEvidence)
    assert mcnemar.p_value == 0.125
    assert bootstrap.interval[0] > 0
    assert accuracy.result == "within noise"


def test_the_same_rows_in_another_order_are_paired(repository: Path) -> None:
    order = [9, 3, 0, 1, 2, 8, 7, 6, 5, 4]
    head = predicted(2)
    shuffled = replace(
        head,
        truth=[head.truth[row] for row in order],
        predicted=[head.predicted[row] for row in order],
        rows=order,
    )
    dataset = compare_tiny(predicted(0, 1, 2), shuffled)
    mcnemar = dataset.metrics[0].evidence[0]
    assert isinstance(mcnemar, McNemarEvidence)
    assert (mcnemar.only_base_correct, mcnemar.only_head_correct) == (0, 2)


@pytest.mark.parametrize(("truth", "same"), [(74.9999987, True), (75.1, False)])
def test_truths_that_another_scaling_rounds_are_of_the_same_rows(truth: float, same: bool, repository: Path) -> None:
    """The truths are scaled as numbers of 32 bits, and scaled back."""
    before, after = ([row * 10.0 for row in range(7)] + [value] for value in (74.9999995, truth))
    base, head = (
        Results(truth=truths, predicted=[value + error for value in truths], metrics={"mae": error}, headline="mae")
        for truths, error in ((before, 1.0), (after, 0.5))
    )
    dataset = compare_tiny(
        replace(base, rows=range(8)),
        replace(head, rows=[*range(7, -1, -1)], truth=head.truth[::-1], predicted=head.predicted[::-1]),
    )
    [evidence] = dataset.metrics[0].evidence
    assert isinstance(evidence, BootstrapEvidence)
    assert (dataset.same_rows, evidence.paired) == (same, same)


@pytest.mark.parametrize(
    "other", [{"rows": range(5, 15)}, {"truth": [1, 0, 0, 0, 0, 1, 1, 1, 1, 1], "metrics": {"accuracy": 0.8}}]
)
def test_other_rows_or_other_truths_are_not_paired(other: dict[str, Any], repository: Path) -> None:
    dataset = compare_tiny(predicted(0, 1, 2), predicted(2, **other, parameters=4, params={"preprocess": {"a": 1}}))
    evidence = dataset.metrics[0].evidence
    assert [e.method for e in evidence] == ["bootstrap"]
    assert isinstance(evidence[0], BootstrapEvidence)
    assert not evidence[0].paired


def test_values_are_better_if_lower(repository: Path) -> None:
    dataset = compare_tiny(of_values([2.0, 2.1] * 10), of_values([1.0, 1.1] * 10))
    rmse, mae = dataset.metrics
    assert (rmse.name, rmse.headline, mae.headline) == ("rmse", True, False)
    assert (rmse.better, rmse.result, mae.result) == ("lower", "better", "better")
    assert rmse.change is not None
    assert rmse.improvement == -rmse.change
    assert mae.change == pytest.approx(-1.0)
    assert mae.relative == pytest.approx(-1 / 2.05, rel=1e-5)


def test_intervals_that_hold_each_truth_are_better_if_shorter(repository: Path) -> None:
    base, head = (
        of_values([0.5] * 20, margin=margin, metrics={"rmse": 0.5, "coverage": 1.0, "interval_score": 2 * margin})
        for margin in (3.0, 1.0)
    )
    [score] = compare_tiny(base, head).metrics
    [evidence] = score.evidence
    assert isinstance(evidence, BootstrapEvidence)
    assert (score.name, score.result, score.improvement, evidence.interval) == ("interval_score", "better", 4, (4, 4))


def test_windows_that_overlap_are_drawn_in_blocks(repository: Path) -> None:
    """Of 20 samples with windows of 5 rows there are only 4 blocks, too few for an interval."""
    window = Window(length=4, horizon=1)
    dataset = compare_tiny(of_values([2.0] * 20, window=window), of_values([1.0] * 20, window=window))
    assert {metric.result for metric in dataset.metrics} == {"differs"}
    assert {metric.not_judged for metric in dataset.metrics} == {
        "too few rows for an interval: 4 blocks of 5 rows that overlap"
    }
    assert dataset.unknown == ["mae, rmse: too few rows for an interval: 4 blocks of 5 rows that overlap"]


def test_predictions_that_are_not_those_of_the_metrics_are_no_evidence(repository: Path) -> None:
    [accuracy] = compare_tiny(predicted(0, 1, 2), predicted(2, metrics={"accuracy": 0.8})).metrics
    assert (accuracy.result, accuracy.evidence) == ("differs", [])


def test_without_predictions_the_difference_is_shown_and_the_reason_said(repository: Path) -> None:
    commit_results("base", tiny=predicted(0), other=predicted(0))
    commit_results("head", tiny=predicted(0, 1), other=predicted(0, 1))
    for file in cache_folder().rglob("*"):
        if file.is_file():
            file.unlink()
    comparison = compare("base", "head")
    assert [dataset.metrics[0].result for dataset in comparison.datasets] == ["differs", "differs"]
    assert [dataset.unknown for dataset in comparison.datasets] == [[], []]
    [reason] = comparison.unknown
    assert "predictions of tiny, other: not in DVC's cache, and there is no default remote (base)" in reason


def seeds(mean: float, spread: float) -> SeedStatistics:
    return SeedStatistics(count=3, mean=mean, spread=spread, worst=mean - spread)


@pytest.mark.parametrize(
    ("spread", "mean", "result"), [(0.2, 0.8, "within noise"), (0.01, 0.8, "better"), (0.01, 0.6, "worse")]
)
def test_means_over_seeds_decide_where_there_are_several(
    spread: float, mean: float, result: str, repository: Path
) -> None:
    """The first seed's metric is better in each case."""
    dataset = compare_tiny(predicted(0, 1, seeds=seeds(0.7, spread)), predicted(0, seeds=seeds(mean, spread)))
    [accuracy] = dataset.metrics
    assert accuracy.result == result
    assert accuracy.improvement == pytest.approx(mean - 0.7)
    [evidence] = accuracy.evidence
    assert isinstance(evidence, SeedsEvidence)
    assert evidence.means == (0.7, mean)


def test_several_seeds_and_one_seed_are_compared_by_the_rows_of_the_first(repository: Path) -> None:
    [accuracy] = compare_tiny(predicted(0, 1, seeds=seeds(0.7, 0.1)), predicted(0)).metrics
    assert [evidence.method for evidence in accuracy.evidence] == ["mcnemar", "bootstrap"]


def test_metrics_of_probabilities(repository: Path) -> None:
    sure, unsure = [[0.9, 0.1]] * 5 + [[0.1, 0.9]] * 5, [[0.6, 0.4]] * 5 + [[0.4, 0.6]] * 5
    base = predicted(probabilities=unsure, metrics={"accuracy": 1.0, "log_loss": 0.510826, "loss": 0.510826})
    head = predicted(probabilities=sure, metrics={"accuracy": 1.0, "log_loss": 0.105361, "loss": 0.105361})
    dataset = compare_tiny(base, head)
    assert {m.name: (m.result, m.headline) for m in dataset.metrics} == {
        "log_loss": ("better", False),
        "loss": ("differs", False),
    }
    assert [bool(metric.not_judged) for metric in dataset.metrics] == [False, True]
    assert dataset.same_metrics == 1


def test_a_metric_without_direction_only_differs(repository: Path) -> None:
    [coverage] = compare_tiny(
        predicted(metrics={"accuracy": 1.0, "coverage": 0.8}), predicted(metrics={"accuracy": 1.0, "coverage": 0.9})
    ).metrics
    assert (coverage.result, coverage.better, coverage.improvement) == ("differs", None, None)
    assert coverage.not_judged == "no direction of it is better"


def test_metrics_that_only_one_revision_has(repository: Path) -> None:
    metrics = compare_tiny(
        predicted(metrics={"accuracy": 1.0, "f1": 1.0}), predicted(metrics={"accuracy": 1.0, "recall": 0.5})
    ).metrics
    assert {(m.name, m.base, m.head, m.result) for m in metrics} == {
        ("f1", 1.0, None, "removed"),
        ("recall", None, 0.5, "new"),
    }


def test_means_over_seeds_can_differ_where_the_first_seed_is_the_same(repository: Path) -> None:
    params = {"train": {"seeds": 3}}
    base, head = (predicted(0, params=params, seeds=seeds(mean, 0.01)) for mean in (0.9, 0.7))
    dataset = compare_tiny(base, head)
    [accuracy] = dataset.metrics
    assert (accuracy.base, accuracy.head, accuracy.change) == (0.9, 0.9, 0.0)
    assert accuracy.result == "worse"
    assert accuracy.improvement == pytest.approx(-0.2)
    assert dataset.same_metrics == 0


@pytest.mark.parametrize("wrong", [(0,), (0, 1)])
def test_means_over_seeds_that_no_cache_has_are_not_known(wrong: Sequence[int], repository: Path) -> None:
    """Also if the first seed's metric is the same."""
    params = {"train": {"seeds": 3}}
    commit_results("base", tiny=predicted(0, params=params, seeds=seeds(0.9, 0.01)))
    commit_results("head", tiny=predicted(*wrong, params=params, seeds=seeds(0.7, 0.01)))
    for file in cache_folder().rglob("*"):
        if file.is_file():
            file.unlink()
    [dataset] = compare("base", "head").datasets
    [accuracy] = dataset.metrics
    assert (accuracy.name, accuracy.result) == ("accuracy", "not known")
    assert accuracy.not_judged == "the means over seeds are not known"
    assert any("evaluation records" in reason for reason in dataset.unknown)


@pytest.mark.parametrize(("wrong", "result"), [((), "within noise"), (range(10), "worse")])
def test_seeds_say_nothing_of_other_rows(wrong: Sequence[int], result: str, repository: Path) -> None:
    """The means differ by far more than the seeds do; the rows of the first seed have to say so too."""
    head = predicted(*wrong, rows=range(5, 15), seeds=seeds(0.2, 0.001))
    head = replace(head, metrics={"accuracy": 1 - len(wrong) / 10}, params={"preprocess": {"seed": 1}}, parameters=4)
    [accuracy] = compare_tiny(predicted(0, 1, seeds=seeds(0.9, 0.001)), head).metrics
    assert [evidence.method for evidence in accuracy.evidence] == ["seeds", "bootstrap"]
    assert accuracy.result == result


def test_seeds_that_never_differ_leave_it_to_the_rows(repository: Path) -> None:
    [accuracy] = compare_tiny(predicted(0, 1, seeds=seeds(0.8, 0.0)), predicted(0, seeds=seeds(0.9, 0.0))).metrics
    assert [evidence.method for evidence in accuracy.evidence] == ["seeds", "mcnemar", "bootstrap"]
    assert accuracy.result == "within noise"


def test_mcnemar_is_not_for_windows_that_overlap(repository: Path) -> None:
    """The test takes rows as independent of each other. Here seven of them changed sides."""
    window = Window(length=1, horizon=1)
    [accuracy] = compare_tiny(predicted(*range(7), window=window), predicted(window=window)).metrics
    [evidence] = accuracy.evidence
    assert (evidence.method, accuracy.result) == ("bootstrap", "better")


def test_an_interval_on_the_other_side_of_the_difference_is_noise() -> None:
    """A calibration error is larger in most resamples than in all rows, so that its interval can miss the value."""
    evidence = BootstrapEvidence(paired=True, interval=(0.01, 0.02), resamples=100, rows=(10, 10))
    assert [result_of(improvement, [evidence]) for improvement in (-0.1, 0.0, 0.1)] == [
        "within noise", "within noise", "better"
    ]  # fmt: skip


def test_another_target_is_no_evidence(repository: Path) -> None:
    dataset = compare_tiny(predicted(0, 1), predicted(0, target="z"))
    assert (dataset.metrics[0].result, dataset.same_rows) == ("differs", False)
    assert dataset.unknown == ["accuracy: it is of another target, z in place of y"]


@pytest.mark.error_case("compare")
@pytest.mark.parametrize("metric", ["roc_auc", "precision", "weighted_accuracy"])
def test_predictions_without_the_recorded_metric_are_not_those_of_the_metrics(metric: str, repository: Path) -> None:
    """All rows have one class, no class is positive, and there are no weights."""
    one_class = Results(truth=[0] * 10, predicted=[0] * 10, probabilities=[[1.0, 0.0]] * 10)
    base, head = (replace(one_class, metrics={"accuracy": 1.0, metric: value}) for value in (0.5, 0.6))
    dataset = compare_tiny(base, head)
    assert [(m.name, m.result) for m in dataset.metrics] == [(metric, "differs")]
    [reason] = dataset.unknown
    assert "data/predictions are not those of reports/metrics (base)" in reason
