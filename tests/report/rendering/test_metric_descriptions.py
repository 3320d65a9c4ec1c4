from typing import get_args

from stages.evaluate.metrics.target_metrics import (
    CLASS_METRICS,
    FORECAST_METRICS,
    POSITIVE_CLASS_METRICS,
    PROBABILITY_METRICS,
    VALUE_METRICS,
)
from stages.evaluate.params import Baseline, FittedBaseline
from stages.report.rendering.format_text import MINUS
from stages.report.rendering.metric_descriptions import BASELINES, METRICS, describe_metric
from stages.train.params.loss_params import METRICS as TRAIN_METRICS


def test_differences_of_shares_are_in_points() -> None:
    assert describe_metric("accuracy").format_difference(0.01) == "+1 point"
    assert describe_metric("accuracy").format_difference(-0.005) == f"{MINUS}0.5 points"
    assert describe_metric("rmse").format_difference(-2.5) == f"{MINUS}2.5"


def test_the_metrics_of_train_and_evaluate_are_described_and_no_others() -> None:
    evaluated = {*CLASS_METRICS, *POSITIVE_CLASS_METRICS, *PROBABILITY_METRICS, *VALUE_METRICS, *FORECAST_METRICS}
    of_intervals = {"coverage"}
    assert set(METRICS) == {"loss", *evaluated, *of_intervals, *TRAIN_METRICS}


def test_every_baseline_is_described() -> None:
    assert set(BASELINES) == {*get_args(Baseline), *get_args(FittedBaseline)}
