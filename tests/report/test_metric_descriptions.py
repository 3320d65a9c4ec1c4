from typing import get_args

import numpy as np

from stages.evaluate.metrics import classification_metrics, regression_metrics
from stages.report.format_text import MINUS
from stages.report.metric_descriptions import METRICS, describe_metric
from stages.train.params import Metric


def test_differences_of_shares_are_in_points() -> None:
    assert describe_metric("accuracy").format_difference(0.01) == "+1 point"
    assert describe_metric("accuracy").format_difference(-0.005) == f"{MINUS}0.5 points"
    assert describe_metric("rmse").format_difference(-2.5) == f"{MINUS}2.5"


def test_the_metrics_of_train_and_evaluate_are_described_and_no_others() -> None:
    classes = classification_metrics(np.array([0, 1]), np.array([0, 1]), 2)
    values = regression_metrics(np.array([[0.0], [1]]), np.array([[0.0], [1]]))
    assert set(METRICS) == {"loss", *classes, *values, *get_args(Metric)}
