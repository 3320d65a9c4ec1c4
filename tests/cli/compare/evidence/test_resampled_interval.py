from dataclasses import replace

import numpy as np
import pytest

from stages.cli.compare.evidence import resampled_interval
from stages.cli.compare.evidence.predicted_rows import PredictedTarget
from stages.cli.compare.evidence.resampled_interval import NoEvidenceError, draw_blocks, resample_improvements
from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.baselines.compare_with_baselines import resampled_improvements
from stages.evaluate.target_predictions import TargetPredictions

SPEC = TargetSpec(column=NumberColumns(columns=["y"]))


def with_errors(errors: np.ndarray) -> PredictedTarget:
    truth = np.zeros((len(errors), 1))
    return PredictedTarget(SPEC, truth, TargetPredictions(errors.reshape(-1, 1)))


def test_the_same_error_in_each_row_gives_an_interval_of_one_value() -> None:
    base, head = with_errors(np.full(20, 3.0)), with_errors(np.full(20, 1.0))
    for paired in (True, False):
        evidence = resample_improvements("mae", base, head, (1, 1), paired)
        assert (evidence.interval, evidence.resamples, evidence.rows) == ((2.0, 2.0), 1000, (20, 20))


def test_pairs_have_a_narrower_interval_than_different_rows() -> None:
    errors = np.random.default_rng(1).normal(size=60)
    base, head = with_errors(errors), with_errors(0.8 * errors)
    paired = resample_improvements("mae", base, head, (1, 1), paired=True)
    unpaired = resample_improvements("mae", base, head, (1, 1), paired=False)
    assert (paired.paired, unpaired.paired) == (True, False)
    assert 0 < paired.interval[0] < paired.interval[1] < unpaired.interval[1]
    assert unpaired.interval[0] < 0


def test_the_interval_of_different_rows_is_that_of_the_standard_error() -> None:
    """A mean absolute error is a mean: its difference has the standard error of two means."""
    generator = np.random.default_rng(2)
    base, head = (np.abs(generator.normal(loc, size=400)) for loc in (3.0, 2.0))
    evidence = resample_improvements("mae", with_errors(base), with_errors(head), (1, 1), paired=False)
    error = np.sqrt(base.var() / 400 + head.var() / 400)
    difference = base.mean() - head.mean()
    assert evidence.interval == pytest.approx((difference - 1.96 * error, difference + 1.96 * error), abs=0.15 * error)


def test_the_interval_of_very_many_rows_comes_from_every_nth_one(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(7)
    base, head = (with_errors(np.abs(generator.normal(loc, size=4000))) for loc in (3.0, 2.9))
    of_all = resample_improvements("mae", base, head, (1, 1), paired=True)
    monkeypatch.setattr(resampled_interval, "MAX_RESAMPLED_ROWS", 1000)
    thinned = resample_improvements("mae", base, head, (1, 1), paired=True)
    assert (thinned.rows, thinned.drawn_rows, of_all.drawn_rows) == ((4000, 4000), 1000, None)
    width = of_all.interval[1] - of_all.interval[0]
    assert thinned.interval == pytest.approx(of_all.interval, abs=0.15 * width)


def test_the_same_interval_each_time() -> None:
    errors = np.random.default_rng(3).normal(size=30)
    base, head = with_errors(errors), with_errors(errors[:25] * 2)
    first, second = (resample_improvements("rmse", base, head, (1, 1), paired=False) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("metric", "block"), [("rmse", 1), ("r2", 3)])
def test_pairs_are_drawn_as_evaluate_draws_them(metric: str, block: int) -> None:
    generator = np.random.default_rng(4)
    truth, base, head = (generator.normal(size=(40, 1)) for _ in range(3))
    improvements = resampled_improvements(
        metric, SPEC, truth, TargetPredictions(head), TargetPredictions(base), block, seed=0
    )
    old, new = (PredictedTarget(SPEC, truth, TargetPredictions(values)) for values in (base, head))
    evidence = resample_improvements(metric, old, new, (block, block), paired=True)
    assert evidence.interval == pytest.approx(np.quantile(improvements, (0.025, 0.975)), rel=1e-5)


@pytest.mark.parametrize("blocks", [(0, 1), (1, 7)])
def test_too_few_blocks_or_rows_of_the_training_give_no_interval(blocks: tuple[int, int]) -> None:
    rows = with_errors(np.ones(30))
    for paired in (True, False):
        with pytest.raises(NoEvidenceError):
            resample_improvements("mae", rows, rows, blocks, paired)


def test_rows_are_drawn_in_blocks() -> None:
    drawn = draw_blocks(np.random.default_rng(0), 9, 3)
    assert len(drawn) == 9
    assert np.all(np.diff(drawn.reshape(3, 3), axis=1) % 9 == 1)


def test_a_metric_that_most_resamples_do_not_define_has_no_interval() -> None:
    """Two of three resamples have the one row with a weight, so that two of five pairs of resamples have it twice."""
    weights = np.eye(1, 30).ravel()
    target = with_errors(np.ones(30))
    target = replace(target, predictions=target.predictions.with_weights(weights))
    assert resample_improvements("weighted_mae", target, target, (1, 1), paired=True).resamples < 700
    with pytest.raises(NoEvidenceError, match="do not define it"):
        resample_improvements("weighted_mae", target, target, (1, 1), paired=False)
