"""What a headline needs of the baselines, as far as the parameters tell."""

from typing import Any

import pytest
from pydantic import ValidationError

from stages.evaluate.metrics import target_metrics
from stages.evaluate.metrics.target_metrics import PROBABILITY_METRICS
from stages.evaluate.params import FORECAST_METRICS, METRICS_OF_PROBABILITIES, Evaluate


def evaluate(headline: str, baselines: list[str] | None, fitted_baselines: Any) -> Evaluate:
    return Evaluate.model_validate({"headline": headline, "baselines": baselines, "fitted_baselines": fitted_baselines})


def test_the_metrics_of_probabilities_and_of_forecasts_are_those_that_are_measured() -> None:
    assert set(METRICS_OF_PROBABILITIES) == set(PROBABILITY_METRICS)
    assert set(FORECAST_METRICS) == set(target_metrics.FORECAST_METRICS)


@pytest.mark.parametrize("headline", ["roc_auc", "weighted_log_loss", "a.b.pr_auc"])
def test_a_headline_of_probabilities_is_not_defined_for_shuffled(headline: str) -> None:
    with pytest.raises(ValidationError) as caught:
        evaluate(headline, ["shuffled", "linear"], [])
    (error,) = caught.value.errors()
    assert f"{headline} is not defined for shuffled" in error["msg"]


@pytest.mark.parametrize(
    ("headline", "baselines", "fitted_baselines"),
    [
        ("roc_auc", None, []),
        ("roc_auc", ["shuffled", "majority"], []),
        ("roc_auc", ["shuffled"], ["logistic"]),
        ("roc_auc", ["shuffled"], "auto"),
        ("accuracy", ["shuffled"], []),
    ],
    ids=["all", "majority", "a fitted one", "only the data tell", "no probabilities"],
)
def test_a_headline_that_a_baseline_has(headline: str, baselines: list[str] | None, fitted_baselines: Any) -> None:
    assert evaluate(headline, baselines, fitted_baselines).headline == headline
