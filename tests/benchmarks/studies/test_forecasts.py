from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.studies.forecast_results import PROPOSED
from benchmarks.studies.forecasts import (
    VARIANTS,
    as_proposed,
    baseline_errors,
    measure_series,
    proposed_dataset,
    series_files,
    with_dense_layers,
    with_linear_model,
    with_season_ahead,
)
from stages.config.schema import Dataset
from stages.core.errors import UserError
from stages.download.load_source import load_source
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.train.params.layer_params import Mlp
from tests.stories.repo import ROOT


@pytest.fixture(autouse=True)
def _repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def monthly_file(folder: Path, values: list[float]) -> Path:
    times = pd.date_range("2000-01-01", periods=len(values), freq="MS").strftime("%Y-%m-%d")
    file = folder / "sales.csv"
    pd.DataFrame({"time": times, "value": values}).to_csv(file, index=False)
    return file


def with_season(rows: int) -> list[float]:
    """A trend with a season, and noise that is the same in each run."""
    numbers = np.arange(rows)
    noise = np.random.default_rng(0).normal(size=rows)
    values: list[float] = (100 + numbers + 10 * np.sin(numbers * np.pi / 6) + noise).round(3).tolist()
    return values


def step_kinds(params: Preprocess) -> list[str]:
    return [step.step for step in (*params.steps, *params.target_steps)]


def one_epoch(dataset: Dataset, rows: int) -> Dataset:
    training = dataset.train.model_copy(update={"epochs": 1, "early_stopping": None})
    return dataset.model_copy(update={"train": training})


@pytest.mark.long
def test_a_series_is_measured_a_season_ahead(tmp_path: Path) -> None:
    file = monthly_file(tmp_path, with_season(120))
    result = measure_series(file, [0, 1], {PROPOSED: one_epoch, "other": one_epoch})
    assert (result.series, result.rows, result.season) == ("sales", 120, 12)
    # 24 test rows, and each window has 12 of them.
    assert result.samples == 13
    assert result.coverage is None
    assert [len(errors) for errors in result.models.values()] == [2, 2]
    # The value one season before is about 12 too low, in the test rows as in the training rows.
    assert result.others["seasonal_naive"] == pytest.approx(1, abs=0.05)
    assert set(result.others) >= {"persistence", "drift", "seasonal_naive", "linear", "theta"}


def test_a_series_without_season_is_measured_one_row_ahead(tmp_path: Path) -> None:
    days = pd.date_range("2000-01-01", periods=60).strftime("%Y-%m-%d")
    frame = pd.DataFrame({"Date": days, "Open": np.zeros(60), "Close": np.tile([1.0, 3.0], 30)})
    frame.to_csv(tmp_path / "price.csv", index=False)
    dataset = proposed_dataset(tmp_path / "price.csv")
    assert dataset.preprocess.targets == "Close"
    params = with_season_ahead(dataset.preprocess)
    assert params.window is not None
    assert (params.window.horizon, params.window.steps, params.window.season) == (1, "all", None)
    # Each change is 2, in training and in test rows.
    errors = baseline_errors(dataset.evaluate, preprocess(load_source(dataset.download), params))
    assert errors["persistence"] == pytest.approx(1)


def test_variants_change_what_restage_new_writes(tmp_path: Path) -> None:
    assert next(iter(VARIANTS.items())) == (PROPOSED, as_proposed)
    dataset = proposed_dataset(monthly_file(tmp_path, with_season(120)))
    assert as_proposed(dataset, 120) == dataset
    assert step_kinds(dataset.preprocess) == ["seasonal_difference", "relative_to_last", "standard"] * 2
    dense = with_dense_layers(dataset, 120)
    assert dense.train.model == Mlp(kind="mlp", units=[32, 16], activation="relu", dropout=0.1)
    assert step_kinds(dense.preprocess) == ["relative_to_last", "standard"] * 2
    assert with_linear_model(dense, 120).train == dataset.train


def test_a_series_with_gaps_is_refused(tmp_path: Path) -> None:
    values = [float(row % 7) for row in range(80)]
    values[40] = float("nan")
    with pytest.raises(UserError):
        measure_series(monthly_file(tmp_path, values), [0], VARIANTS)


def test_files_are_chosen_by_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "a.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in series_files([tmp_path], [])] == ["a.csv", "b.csv"]
    assert [file.name for file in series_files([tmp_path], ["b"])] == ["b.csv"]
