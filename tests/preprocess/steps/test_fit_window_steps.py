"""Steps on windows are fitted on the windows of the training rows, by hand and against scikit-learn."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.core.columns.scaling import LinearScaling
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.preprocess.steps import fit_window_steps

RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": RANDOM.normal(size=60).cumsum(), "b": RANDOM.normal(size=60), "kind": ["x", "y", "z"] * 20})
RELATIVE: dict[str, Any] = {"step": "relative_to_last"}


def processed(**params: Any) -> ProcessedData:
    values: dict[str, Any] = {
        "inputs": ["a", "b"],
        "targets": "a",
        "split": {"test": 12, "order": "chronological"},
        "window": {"length": 5, "horizon": 3, "steps": "all"},
    }
    return preprocess(Table({"all": FRAME}, kind="series"), Preprocess.model_validate(values | params))


def relative_windows() -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(FRAME[["a", "b"]].to_numpy()[:48], 5, axis=0)[:41]
    return np.moveaxis(windows - windows[..., -1:], -1, 1)


def test_a_scaler_of_inputs_is_fitted_on_the_rows_of_all_training_windows() -> None:
    data = processed(steps=[RELATIVE, {"step": "standard"}])
    rows = relative_windows()
    scaler = StandardScaler().fit(rows.reshape(-1, 2))
    expected = scaler.transform(rows.reshape(-1, 2)).reshape(rows.shape)
    np.testing.assert_allclose(data.inputs("train")["x"], expected, rtol=1e-4, atol=1e-5)


def test_a_scaler_of_a_target_has_a_scale_for_each_step_ahead() -> None:
    data = processed(target_steps=[RELATIVE, {"step": "standard", "center": False}])
    a = FRAME["a"].to_numpy()
    changes = np.array([[a[n + 4 + step] - a[n + 4] for step in (1, 2, 3)] for n in range(41)])
    scaling = data.fitted.targets["a"].window_steps[1]
    assert isinstance(scaling, LinearScaling)
    assert scaling.offset == [0, 0, 0]
    np.testing.assert_allclose(scaling.scale, changes.std(axis=0), rtol=1e-6)
    np.testing.assert_allclose(data.targets("train")["a"], changes / changes.std(axis=0), rtol=1e-4, atol=1e-5)


def test_categories_beside_numbers_stay_as_they_are() -> None:
    data = processed(inputs=["a", "kind"], steps=[RELATIVE, {"step": "standard"}])
    assert data.fitted.inputs["x"].column.columns == ["a", "kind"]
    one_hot = data.inputs("train")["x"][..., 1:]
    assert np.unique(one_hot).tolist() == [0, 1]
    assert (one_hot.sum(axis=-1) == 1).all()
    assert (data.inputs("train")["x"][:, -1, 0] == data.inputs("train")["x"][0, -1, 0]).all()


def test_a_step_of_some_columns_leaves_the_others() -> None:
    data = processed(steps=[RELATIVE | {"columns": ["b"]}])
    inputs = data.inputs("train")["x"]
    np.testing.assert_allclose(inputs[:, -1, 0], FRAME["a"][4:45], rtol=1e-6)
    assert (inputs[:, -1, 1] == 0).all()


def test_scalers_are_fitted_on_every_nth_window_of_a_long_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_window_steps, "MAX_NUMBERS", 210)
    data = processed(steps=[RELATIVE, {"step": "maxabs"}])
    scaling = data.fitted.inputs["x"].window_steps[1]
    assert isinstance(scaling, LinearScaling)
    # 41 windows of 10 numbers: every second one.
    np.testing.assert_allclose(scaling.scale, np.abs(relative_windows()[::2]).max(axis=(0, 1)), rtol=1e-6)


def test_scalers_of_windows_scale_days_too() -> None:
    """The days since the first row would be as large as the series is long. Their parts of a week stay as they are."""
    frame = pd.DataFrame({"a": np.arange(1.0, 41.0) ** 2, "day": pd.date_range("2020-01-01", periods=40)})
    params = {
        "inputs": ["a", "day"],
        "targets": "a",
        "columns": {"day": {"kind": "date", "parts": ["weekday"], "elapsed": True}},
        "split": {"test": 8, "order": "chronological"},
        "window": {"length": 3},
        "steps": [{"step": "relative_to_last"}, {"step": "maxabs"}],
    }
    windows = preprocess(Table({"all": frame}, kind="series"), Preprocess.model_validate(params)).inputs("train")["x"]
    assert np.abs(windows).max(axis=(0, 1)).round(6).tolist() == pytest.approx([1, 0.974928, 1, 1], abs=1e-6)
    assert windows[0, :, -1] == pytest.approx(np.array([0, 1, 2]) / 30, abs=1e-6)


def test_scalers_of_targets_are_fitted_on_every_nth_window_of_a_long_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_window_steps, "MAX_NUMBERS", 50)
    data = processed(target_steps=[RELATIVE, {"step": "maxabs"}])
    a = FRAME["a"].to_numpy()
    # 41 windows of 3 numbers: every third one.
    changes = np.array([[a[n + 4 + step] - a[n + 4] for step in (1, 2, 3)] for n in range(0, 41, 3)])
    scaling = data.fitted.targets["a"].window_steps[1]
    assert isinstance(scaling, LinearScaling)
    np.testing.assert_allclose(scaling.scale, np.abs(changes).max(axis=0), rtol=1e-6)
