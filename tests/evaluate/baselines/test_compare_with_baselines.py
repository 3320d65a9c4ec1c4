from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.records.evaluation import BestBaseline
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.baselines.compare_with_baselines import best_baseline, dependent_rows
from stages.evaluate.target_predictions import TargetPredictions, predict_classes
from tests.evaluate.processed_examples import classes, series

KIND = TargetSpec(column=ClassLabels(columns=["kind"], encoding="integer", classes=["rose", "tulip"]))
SIZE = TargetSpec(column=NumberColumns(columns=["size"]))
TRUTH = np.tile([0, 1], 50)


def with_errors(count: int, start: int = 0) -> TargetPredictions:
    """So many of 100 rows are predicted wrongly, from row `start` on."""
    predicted = TRUTH.copy()
    predicted[start : start + count] = 1 - predicted[start : start + count]
    return TargetPredictions(predicted)


def best_class_baseline(model: TargetPredictions, block: int = 1, **baselines: TargetPredictions) -> BestBaseline:
    return best_baseline("accuracy", KIND, TRUTH, model, baselines, block, seed=0)


def test_the_best_baseline_has_the_highest_accuracy() -> None:
    found = best_class_baseline(with_errors(10), poor=with_errors(50), good=with_errors(20), same=with_errors(20))
    assert (found.name, found.value, found.improvement) == ("good", 0.8, 0.1)


def test_the_best_baseline_has_the_lowest_error() -> None:
    truth = np.arange(20.0)[:, None]
    baselines = {"far": TargetPredictions(truth + 3), "near": TargetPredictions(truth + 1)}
    found = best_baseline("rmse", SIZE, truth, TargetPredictions(truth + 2), baselines, block=1, seed=0)
    assert (found.name, found.value, found.improvement) == ("near", 1.0, -1.0)
    assert found.interval == (-1.0, -1.0), "each row is one further from the truth"


def test_a_baseline_without_the_metric_is_not_compared() -> None:
    probabilities = np.column_stack([1 - TRUTH, TRUTH]).astype(float)
    baselines = {"labels": with_errors(0), "probabilities": predict_classes(probabilities)}
    found = best_baseline("roc_auc", KIND, TRUTH, predict_classes(probabilities), baselines, block=1, seed=0)
    assert (found.name, found.improvement) == ("probabilities", 0.0)


def test_the_interval_of_a_large_difference_is_on_one_side_of_zero_and_that_of_a_small_one_is_not() -> None:
    large = best_class_baseline(with_errors(5), other=with_errors(45, start=50)).interval
    small = best_class_baseline(with_errors(10), other=with_errors(12, start=50)).interval
    assert large is not None
    assert small is not None
    assert large[0] > 0
    assert small[0] < 0 < small[1]


def test_the_interval_is_near_that_of_the_normal_distribution() -> None:
    """35 rows are wrong in one, 15 others in the other: the variance of a row's difference is 0.5 - 0.04."""
    interval = best_class_baseline(with_errors(35), other=with_errors(15, start=50)).interval
    half = 1.96 * np.sqrt((0.5 - 0.2**2) / 100)
    assert interval == pytest.approx((-0.2 - half, -0.2 + half), abs=0.03)


def test_rows_that_depend_on_each_other_widen_the_interval() -> None:
    """The errors are in one run of rows, so there are few independent ones."""
    single = best_class_baseline(with_errors(0), other=with_errors(30)).interval
    blocks = best_class_baseline(with_errors(0), block=10, other=with_errors(30)).interval
    assert single is not None
    assert blocks is not None
    assert blocks[1] - blocks[0] > 1.5 * (single[1] - single[0])


@pytest.mark.parametrize("block", [0, 21])
def test_too_few_rows_have_no_interval(block: int) -> None:
    found = best_class_baseline(with_errors(0), block=block, other=with_errors(30))
    assert (found.interval, found.resamples) == (None, 0)


def test_resamples_that_do_not_define_the_metric_are_left_out() -> None:
    """With one row of class 1 among ten, a third of all resamples have none of it."""
    truth = np.array([1] + [0] * 9)
    model = predict_classes(np.column_stack([1 - truth, truth]).astype(float))
    found = best_baseline("roc_auc", KIND, truth, model, {"same": model}, block=1, seed=0)
    assert 550 < found.resamples < 750
    assert found.interval == (0.0, 0.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    def interval(seed: int) -> Any:
        return best_baseline("accuracy", KIND, TRUTH, with_errors(9), {"other": with_errors(30, 40)}, 1, seed).interval

    assert interval(0) == interval(0) != interval(1)


def test_samples_whose_windows_overlap_depend_on_each_other() -> None:
    table = classes({"train": [0, 1], "test": [0]})
    assert (dependent_rows(table, "test"), dependent_rows(table, "train")) == (1, 0)
    rows = {"test": [float(n) for n in range(40)]}
    assert dependent_rows(series(rows, length=5, horizon=2), "test") == 7
    assert dependent_rows(series(rows, length=5, horizon=2, stride=3), "test") == 3
