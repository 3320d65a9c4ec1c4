"""The test against statsmodels and by hand."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.tsa.stattools import diebold_mariano_test

from stages.evaluate.forecasts.diebold_mariano import (
    UndefinedTestError,
    diebold_mariano,
    overlapping_samples,
    sample_losses,
)

RNG = np.random.default_rng(0)


def errors(samples: int, overlap: int) -> tuple[Any, Any]:
    """Errors that are sums of `overlap` shocks, as those of forecasts of several steps are."""
    shocks = RNG.normal(size=(2, samples + overlap - 1))
    model, baseline = (np.convolve(each, np.ones(overlap), "valid") for each in shocks)
    return model, 1.3 * baseline


@pytest.mark.parametrize(("loss", "criterion"), [("squared", "mse"), ("absolute", "mae")])
def test_one_step_ahead_it_is_the_test_of_statsmodels(loss: Any, criterion: str) -> None:
    model, baseline = errors(60, 1)
    expected = diebold_mariano_test(
        np.zeros(60), model, baseline, lags=0, criterion=criterion, harvey_adj=True, horizon=1
    )
    truth = np.zeros((60, 1))
    found = diebold_mariano(
        sample_losses(truth, model[:, None], loss), sample_losses(truth, baseline[:, None], loss), overlap=1
    )
    assert found.statistic == pytest.approx(float(expected.statistic), rel=1e-9)
    assert found.p_value == pytest.approx(float(expected.pvalue), rel=1e-9)


@pytest.mark.parametrize("overlap", [2, 4])
def test_several_steps_ahead_it_is_a_regression_on_a_constant_with_a_correction(overlap: int) -> None:
    """statsmodels' own test weighs the covariances by Newey and West; the original one does not."""
    model, baseline = errors(80, overlap)
    fit = sm.OLS(model**2 - baseline**2, np.ones(80)).fit(
        cov_type="HAC", cov_kwds={"maxlags": overlap - 1, "kernel": "uniform", "use_correction": False}
    )
    correction = np.sqrt((80 + 1 - 2 * overlap + overlap * (overlap - 1) / 80) / 80)
    found = diebold_mariano(model**2, baseline**2, overlap)
    assert found.statistic == pytest.approx(float(fit.tvalues[0]) * correction, rel=1e-9)


def test_by_hand() -> None:
    """Differences of -3, -1, -3, -1, ... have a mean of -2 and a variance of 1 / 8: -2 / sqrt(1 / 8) * sqrt(7 / 8)."""
    model, baseline = np.array([0.0, 2.0] * 4), np.full(8, 3.0)
    found = diebold_mariano(model, baseline, overlap=1)
    assert found.statistic == pytest.approx(-2 * np.sqrt(7))
    assert found.p_value == pytest.approx(2 * 0.0005, rel=0.2), "the 0.05% quantile of t with 7 degrees is -5.408"
    assert found.result == "better"
    assert diebold_mariano(baseline, model, overlap=1).result == "worse"
    assert diebold_mariano(np.array([0.0, 2] * 4), np.full(8, 1.0), overlap=1).result == "no difference"


def test_a_negative_variance_drops_the_most_distant_covariances() -> None:
    """The covariances of -3 and -1 in turn are 1, -7 / 8, 6 / 8 and -5 / 8; with all of them the sum is negative."""
    model, baseline = np.array([0.0, 2.0] * 4), np.full(8, 3.0)
    variances = np.cumsum([1, -14 / 8, 12 / 8, -10 / 8])
    assert [variance > 0 for variance in variances] == [True, False, True, False]
    found = diebold_mariano(model, baseline, overlap=4)
    correction = (8 + 1 - 8 + 4 * 3 / 8) / 8
    assert found.statistic == pytest.approx(-2 / np.sqrt(variances[2] / 8) * np.sqrt(correction))


def test_equal_losses_do_not_differ() -> None:
    losses = RNG.random(20)
    assert diebold_mariano(losses, losses, overlap=3) == (0.0, 1.0)


def test_losses_that_always_differ_by_the_same_amount_have_no_test() -> None:
    losses = RNG.random(20)
    with pytest.raises(UndefinedTestError, match="the same amount"):
        diebold_mariano(losses, losses + 1, overlap=1)


@pytest.mark.parametrize(("overlap", "needed"), [(1, 8), (4, 8), (12, 24)])
def test_too_few_samples(overlap: int, needed: int) -> None:
    model, baseline = RNG.random((2, needed))
    diebold_mariano(model, baseline, overlap)
    with pytest.raises(UndefinedTestError, match=f"at least {needed} samples, and there are {needed - 1}"):
        diebold_mariano(model[1:], baseline[1:], overlap)


def test_equally_good_forecasts_are_rarely_found_to_differ() -> None:
    squares = RNG.normal(size=(400, 2, 100)) ** 2
    results = [diebold_mariano(model, baseline, overlap=3).result for model, baseline in squares]
    assert 0.02 <= 1 - results.count("no difference") / 400 <= 0.1


def test_samples_overlap_where_the_stride_is_less_than_the_last_step() -> None:
    assert [overlapping_samples(12, stride) for stride in (1, 11, 12, 13)] == [12, 2, 1, 1]
