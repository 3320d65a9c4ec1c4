"""The data of the folds of a backtest know nothing of their test rows, nor of later ones."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table, split_sizes
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess, preprocess_fold
from stages.preprocess.split.fold_rows import fold_rows
from tests.preprocess.test_forecasts_without_the_future import positive_series

STEPS = [
    [{"step": "standard"}],
    [{"step": "log"}, {"step": "difference"}, {"step": "robust"}],
    [{"step": "log_return"}, {"step": "standard", "center": False}],
    [{"step": "seasonal_difference"}, {"step": "minmax"}],
    [{"step": "log"}, {"step": "relative_to_last"}, {"step": "standard", "center": False}],
    [{"step": "normalize_window"}],
]
ADDED_COLUMNS: list[list[Any]] = [[], [{"step": "lags", "rows": [1, 3]}], [{"step": "rolling", "rows": 4}]]


def table(frame: pd.DataFrame) -> Table:
    return Table({"all": frame}, kind="series")


def folds(frame: pd.DataFrame, params: Preprocess) -> list[ProcessedData]:
    raw = table(frame)
    rows = fold_rows(params, split_sizes(raw))
    return [preprocess_fold(raw, params, number, part) for number, part in enumerate(rows, 1)]


def backtest_params(data: Any) -> dict[str, Any]:
    all_steps = data.draw(st.booleans())
    return {
        "targets": ["a", "b"],
        "split": {"order": "chronological", "test": 9, "validation": data.draw(st.sampled_from([0, 7]))},
        "window": {
            "length": data.draw(st.integers(1, 6)),
            "horizon": data.draw(st.integers(1, 4)),
            "stride": data.draw(st.integers(1, 2)),
            "steps": "all" if all_steps else "last",
            "season": 4,
        },
        "steps": data.draw(st.sampled_from(ADDED_COLUMNS)) + data.draw(st.sampled_from(STEPS)),
        "target_steps": data.draw(st.sampled_from(STEPS)),
        "backtest": {
            "folds": data.draw(st.integers(2, 4)),
            "step": data.draw(st.integers(4, 9)),
            "origin": data.draw(st.sampled_from(["expanding", "sliding"])),
        },
    }


@settings(deadline=None, derandomize=True, max_examples=60)
@given(data=st.data())
def test_later_rows_change_neither_what_is_fitted_nor_known_inputs(data: Any) -> None:
    frame = positive_series(data.draw(st.integers(0, 5)), 80)
    values = backtest_params(data)
    try:
        params = Preprocess.model_validate(values)
        original = folds(frame, params)
    except (UserError, ValidationError):
        reject()
    step, count = values["backtest"]["step"], values["backtest"]["folds"]
    number = data.draw(st.integers(0, count - 1))
    first_test_row = 80 - (count - number) * step
    changed_frame = frame.copy()
    changed_frame.iloc[first_test_row:] *= 1.7
    before, after = original[number], folds(changed_frame, params)[number]
    assert after.fitted == before.fitted
    for split in ("train", "validation"):
        if before.has_split(split):
            assert_same_samples(before, after, split, before.sample_count(split))
            assert (before.truth(split)["y"] == after.truth(split)["y"]).all()
    # The first test sample knows the rows up to the origin, which is the row before the first test row.
    assert_same_samples(before, after, "test", 1)
    history = before.history("test", "y")
    lookback = len(history.values) - len(before.splits["test"].rows)
    assert before.splits["test"].rows[int(history.origins[0]) - lookback] == first_test_row - 1
    zeros = np.zeros((before.sample_count("test"), before.fitted.targets["y"].width))
    assert (before.invert("y", "test", zeros)[0] == after.invert("y", "test", zeros)[0]).all()


def assert_same_samples(before: ProcessedData, after: ProcessedData, split: str, samples: int) -> None:
    for name, inputs in before.inputs(split, 0, samples).items():
        assert (after.inputs(split, 0, samples)[name] == inputs).all()


def test_a_fold_is_the_data_of_a_series_that_ends_with_its_test_rows() -> None:
    """Of a dataset without a backtest, whose test rows are the last ones."""
    frame = positive_series(1, 80)
    values: dict[str, Any] = {
        "targets": "a",
        "split": {"order": "chronological", "test": 10, "validation": 8},
        "window": {"length": 5, "horizon": 2, "steps": "all"},
        "steps": [{"step": "log"}, {"step": "standard"}],
        "target_steps": [{"step": "relative_to_last"}, {"step": "standard", "center": False}],
    }
    backtest = {"folds": 3, "step": 10}
    found = folds(frame, Preprocess.model_validate(values | {"backtest": backtest}))
    for number, stop in enumerate((60, 70, 80)):
        expected, fold = preprocess(table(frame[:stop]), Preprocess.model_validate(values)), found[number]
        assert fold.fitted == expected.fitted
        for split, arrays in expected.splits.items():
            assert fold.splits[split].rows == arrays.rows
            assert (fold.inputs(split)["x"] == expected.inputs(split)["x"]).all()
            assert (fold.targets(split)["a"] == expected.targets(split)["a"]).all()
            assert (fold.truth(split)["a"] == expected.truth(split)["a"]).all()
    scales = [fold.fitted.inputs["x"].steps[1] for fold in found]
    assert len({step.model_dump_json() for step in scales}) == 3


@pytest.mark.error_case("backtest")
def test_an_error_in_a_fold_names_it() -> None:
    """All labels of the first fold's training rows are the same."""
    frame = pd.DataFrame({"value": np.arange(40.0), "kind": ["low"] * 24 + ["high", "low"] * 8})
    params = Preprocess.model_validate(
        {
            "targets": "kind",
            "labels": "integer",
            "inputs": ["value"],
            "split": {"order": "chronological", "test": 4},
            "window": {"length": 2},
            "backtest": {"folds": 2, "step": 10},
        }
    )
    with pytest.raises(UserError) as caught:
        folds(frame, params)
    assert caught.value.messages[0].startswith("preprocess.backtest: fold 1: target kind: every training row is 'low'")
