"""Whatever the steps, window and split: a forecast depends on nothing after its origin, and can be inverted."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.core.columns.scaling import apply_steps
from stages.core.columns.series.window_steps import apply_to_targets
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess

ROW_STEPS = st.lists(
    st.sampled_from(
        [
            {"step": "log"},
            {"step": "log", "columns": ["b"], "plus": 2.0},
            {"step": "difference"},
            {"step": "seasonal_difference"},
            {"step": "seasonal_difference", "period": 3, "columns": ["a"]},
            {"step": "standard"},
            {"step": "minmax", "columns": ["a"]},
            {"step": "divide", "by": 3.0},
        ]
    ),
    max_size=3,
)
ADDED_COLUMNS = st.lists(
    st.sampled_from(
        [
            {"step": "lags", "rows": [1, 5]},
            {"step": "rolling", "rows": 3},
            {"step": "lags", "rows": [2], "columns": ["b"]},
        ]
    ),
    max_size=1,
)
WINDOW_STEPS = st.lists(
    st.sampled_from(
        [{"step": "relative_to_last"}, {"step": "normalize_window"}, {"step": "relative_to_last", "columns": ["a"]}]
    ),
    max_size=2,
)
SCALERS = st.lists(
    st.sampled_from([{"step": "standard", "center": False}, {"step": "standard"}, {"step": "maxabs"}]), max_size=1
)


def positive_series(seed: int, rows: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(np.exp(random.normal(0, 0.1, (rows, 2)).cumsum(axis=0) + 3), columns=["a", "b"])


def processed(frame: pd.DataFrame, params: dict[str, Any]) -> ProcessedData:
    return preprocess(Table({"all": frame}, kind="series"), Preprocess.model_validate(params))


@settings(deadline=None, derandomize=True, max_examples=150)
@given(data=st.data())
def test_transformed_windows(data: Any) -> None:
    window = {
        "length": data.draw(st.integers(1, 8)),
        "stride": data.draw(st.integers(1, 3)),
        "horizon": data.draw(st.integers(1, 5)),
        "steps": data.draw(st.sampled_from(["last", "all"])),
        "season": 4,
    }
    params = {
        "targets": ["a", "b"],
        "split": {
            "test": data.draw(st.integers(5, 15)),
            "validation": data.draw(st.sampled_from([0, 12])),
            "order": data.draw(st.sampled_from(["chronological", "test_first"])),
        },
        "window": window,
        "steps": data.draw(ROW_STEPS) + data.draw(ADDED_COLUMNS) + data.draw(WINDOW_STEPS) + data.draw(SCALERS),
        "target_steps": data.draw(ROW_STEPS) + data.draw(WINDOW_STEPS) + data.draw(SCALERS),
    }
    frame = positive_series(data.draw(st.integers(0, 5)), 80)
    try:
        original = processed(frame, params)
    except (UserError, ValidationError):
        reject()
    check_inverse(original)
    check_no_future(original, frame, params)


def check_inverse(data: ProcessedData) -> None:
    """In float64, since the stored arrays are rounded."""
    window, spec = data.fitted.window, data.fitted.targets["y"]
    assert window is not None
    for split in data.splits:
        history = data.history(split, "y")
        series = apply_steps(spec.steps, history.values)
        series = series[len(series) - len(data.splits[split].rows) :]
        outputs = apply_to_targets(spec.window_steps, window.targets(series), window.inputs(series))
        truth = data.truth(split)["y"]
        np.testing.assert_allclose(data.invert("y", split, outputs), truth, rtol=1e-6)
        np.testing.assert_allclose(data.targets(split)["y"], outputs, rtol=1e-3, atol=1e-3)
        assert truth.shape == (data.sample_count(split), 2 * spec.step_count)


def check_no_future(original: ProcessedData, frame: pd.DataFrame, params: dict[str, Any]) -> None:
    """Change all rows after the origin of the middle test sample: what was fitted, its inputs and its inverse stay."""
    window = original.fitted.window
    assert window is not None
    # Training rows that come after the test rows may change what is fitted.
    if params["split"]["order"] == "test_first":
        return
    sample = original.sample_count("test") // 2
    origin = int(original.raw_row_numbers("test")[sample]) - window.horizon
    changed_frame = frame.copy()
    changed_frame.iloc[origin + 1 :] *= 1.7
    changed = processed(changed_frame, params)
    assert changed.fitted == original.fitted
    for name, inputs in original.inputs("test").items():
        assert (changed.inputs("test")[name][: sample + 1] == inputs[: sample + 1]).all()
    outputs = np.zeros((original.sample_count("test"), original.fitted.targets["y"].width))
    before, after = (data.invert("y", "test", outputs)[: sample + 1] for data in (original, changed))
    assert (before == after).all()
