"""The names and directions are those of evaluate, and the names those of what evaluate wrote."""

import json
from pathlib import Path
from typing import Any

import pytest

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.config.gates.measured_metrics import (
    OF_CLASSES,
    OF_FORECASTS,
    OF_INTERVALS,
    OF_POSITIVE_CLASS,
    OF_VALUES,
    WEIGHTED,
    WITH_WEIGHTS,
    MetricKind,
    measured_metrics,
)
from stages.config.schema import Dataset, Suite
from stages.core.columns.column_params import IgnoreParams, WeightParams
from stages.evaluate.metrics import target_metrics, weighted_metrics

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", name="suite")
def _suite() -> Suite:
    return check_parameters(compose(ROOT / "conf"), ROOT / "conf")


def test_the_metrics_are_those_of_evaluate() -> None:
    assert set(OF_CLASSES) == {*target_metrics.CLASS_METRICS, *target_metrics.PROBABILITY_METRICS}
    assert set(OF_POSITIVE_CLASS) == set(target_metrics.POSITIVE_CLASS_METRICS)
    assert set(OF_VALUES) == set(target_metrics.VALUE_METRICS)
    assert set(OF_FORECASTS) == set(target_metrics.FORECAST_METRICS)
    weighted = (
        weighted_metrics.CLASS_METRICS,
        weighted_metrics.PROBABILITY_METRICS,
        weighted_metrics.POSITIVE_CLASS_METRICS,
        weighted_metrics.VALUE_METRICS,
    )
    assert {f"{WEIGHTED}{name}" for name in WITH_WEIGHTS} == {name for metrics in weighted for name in metrics}


@pytest.mark.parametrize(("name", "kind"), {**WITH_WEIGHTS, **OF_FORECASTS}.items())
def test_directions_are_those_of_evaluate(name: str, kind: MetricKind) -> None:
    higher = target_metrics.improvement(name, 1.0, 0.0) > 0
    assert kind.better == ("higher" if higher else "lower")


def test_every_metric_in_git_is_known(suite: Suite) -> None:
    """line_exact has one test row, so that r2 is not defined."""
    for key, dataset in suite.datasets.items():
        written = set(json.loads((ROOT / f"reports/metrics/{key}.json").read_text()))
        assert set(measured_metrics(dataset)) - written == ({"r2"} if key == "line_exact" else set()), key
        assert written <= set(measured_metrics(dataset)), key


def changed(dataset: Dataset, section: str, **values: Any) -> Dataset:
    return dataset.model_copy(update={section: getattr(dataset, section).model_copy(update=values)})


def test_weights_and_a_positive_class_add_metrics(suite: Suite) -> None:
    iris = suite.datasets["iris"]
    weighted = changed(iris, "preprocess", columns={"sepal_width_cm": WeightParams(kind="weight")})
    assert "weighted_accuracy" in measured_metrics(weighted)
    assert "weighted_loss" not in measured_metrics(weighted)
    ignored = changed(iris, "preprocess", columns={"sepal_width_cm": IgnoreParams(kind="ignore")})
    assert measured_metrics(ignored) == measured_metrics(iris)
    assert {"precision", "recall", "f1"} <= set(measured_metrics(changed(iris, "evaluate", positive_class="setosa")))
    assert "f1" not in measured_metrics(changed(iris, "evaluate", positive_class={"other": "setosa"}))


def test_several_targets_of_two_kinds(suite: Suite) -> None:
    targets = {"kind": "species", "width": "petal_width_cm"}
    several = changed(suite.datasets["iris"], "preprocess", targets=targets, labels={"kind": "one_hot"})
    found = measured_metrics(several)
    assert {"kind.accuracy", "kind.loss", "width.rmse", "width.loss"} <= set(found)
    assert not {"width.accuracy", "kind.rmse", "accuracy"} & set(found)


def test_intervals_are_for_forecasts(suite: Suite) -> None:
    co2 = suite.datasets["co2"]
    assert set(OF_INTERVALS) <= set(measured_metrics(co2))
    assert not set(OF_INTERVALS) & set(measured_metrics(changed(co2, "evaluate", interval=None)))
