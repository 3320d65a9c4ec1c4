"""The rows that are known at the origin of a forecast, in the raw order of the rows."""

from typing import Any

import numpy as np
import pytest

from stages.evaluate.baselines.series.known_series import known_series, naive_errors_of_targets
from tests.evaluate.processed_examples import class_and_value
from tests.evaluate.series_examples import forecasts, forecasts_of_files

ROWS = np.arange(100.0)
WINDOW = {"length": 4, "horizon": 3, "steps": "all", "stride": 2}


@pytest.mark.parametrize("steps", [[], [{"step": "difference"}, {"step": "standard"}]])
@pytest.mark.parametrize(("split", "first_target"), [("train", 4), ("validation", 70), ("test", 80)])
def test_the_rows_of_earlier_splits_are_known(steps: Any, split: str, first_target: int) -> None:
    """The value of each row is its number. A step with a lookback moves the first training window by a row."""
    data = forecasts({"a": ROWS}, WINDOW, target_steps=steps)
    first_target += 1 if steps and split == "train" else 0
    series = known_series(data, split, "y")
    assert (series.first_row, series.earlier) == (0, None)
    assert series.values[:, 0].tolist() == [*range(len(series.values))]
    assert series.training[:, 0].tolist() == [*range(70)]
    samples = np.arange(data.sample_count(split))
    assert series.values[series.origins, 0].tolist() == (first_target - 1 + 2 * samples).tolist()
    assert (data.truth(split)["y"][:, 0] == series.values[series.origins, 0] + 1).all()


def test_two_files_are_two_series() -> None:
    """The rows of the test file come after the training rows, which have changes that drift counts."""
    data = forecasts_of_files(
        {"train": {"a": ROWS[:30]}, "test": {"a": ROWS[30:50]}},
        WINDOW,
        {"validation": 0, "test": "given", "order": "chronological"},
    )
    series = known_series(data, "test", "y")
    assert series.first_row == 30
    assert series.values[:, 0].tolist() == [*range(30, 50)]
    assert series.earlier is not None
    assert series.earlier[:, 0].tolist() == [*range(30)]


def test_training_rows_that_come_later_are_not_known() -> None:
    data = forecasts({"a": ROWS}, WINDOW, {"validation": 0, "test": 20, "order": "test_first"})
    series = known_series(data, "test", "y")
    assert (series.first_row, series.earlier) == (-20, None)
    assert series.values[:, 0].tolist() == [*range(20)]


def test_the_naive_errors_are_those_of_the_training_rows() -> None:
    """A season of 7 rows ahead, each row is 7 more than that a season before; the second column has 3 times as much."""
    data = forecasts({"a": ROWS, "b": 3 * ROWS}, {**WINDOW, "season": 7}, target_steps=[{"step": "standard"}])
    assert naive_errors_of_targets(data)["y"].tolist() == [7, 21]
    assert naive_errors_of_targets(class_and_value()) == {}
