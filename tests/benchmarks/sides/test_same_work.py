"""Both sides of a case have the same model, optimizer, loss and rows."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks.cases import CASES, Case
from benchmarks.sides import restage_side, tutorial_side, window_sides
from benchmarks.sides.synthetic_data import series
from benchmarks.sides.tutorial_side import Tutorial
from benchmarks.sides.tutorial_windows import copy_windows
from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData
from stages.train.params import Train
from tests.train.small_data import build


@dataclass(frozen=True)
class Sides:
    case: Case
    tutorial: Tutorial
    processed: ProcessedData
    params: Train
    model: keras.Model


@pytest.fixture(scope="module", params=[name for name in CASES if name != "windows"])
def sides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sides:
    name = request.param
    case = CASES[name].quick
    processed = restage_side.preprocess_case(name, case, tmp_path_factory.mktemp(name))
    params = restage_side.train_params(name, case)
    model = build(params, processed.fitted)
    return Sides(case, tutorial_side.load_tutorial(name, case), processed, params, model)


def test_models_are_the_same(sides: Sides) -> None:
    ours, tutorial = sides.model, sides.tutorial.model
    assert ours.output_shape == tutorial.output_shape
    assert [w.shape for w in ours.weights] == [w.shape for w in tutorial.weights]
    if sides.case.widths:
        assert ours.count_params() == sum((a + 1) * b for a, b in pairwise(sides.case.widths))


def test_optimizers_and_losses_are_the_same(sides: Sides) -> None:
    ours, tutorial = sides.model.optimizer, sides.tutorial.model.optimizer
    assert type(ours) is type(tutorial)
    assert float(ours.learning_rate.numpy()) == float(tutorial.learning_rate.numpy())
    loss = sides.tutorial.model.loss
    assert sides.params.loss == {"mse": "mean_squared_error"}.get(loss, loss)


def test_training_rows_are_the_same(sides: Sides) -> None:
    (x,), (y,) = sides.processed.inputs(TRAIN).values(), sides.processed.targets(TRAIN).values()
    tutorial = sides.tutorial
    assert len(tutorial.x) == len(x) == sides.case.rows
    np.testing.assert_allclose(x.reshape(tutorial.x.shape), tutorial.x, atol=1e-6)
    np.testing.assert_allclose(y.reshape(tutorial.y.shape), tutorial.y, atol=1e-6)


def test_validation_rows_are_the_same(sides: Sides) -> None:
    validation = sides.tutorial.validation
    assert sides.processed.has_split(VALIDATION) == (validation is not None) == (sides.case.validation_rows > 0)
    if validation is not None:
        (x,) = sides.processed.inputs(VALIDATION).values()
        np.testing.assert_allclose(x.reshape(validation[0].shape), validation[0], atol=1e-6)


def test_every_case_has_a_config() -> None:
    assert set(restage_side.CONFIGS) | {"windows"} == set(CASES)


def test_windows_have_the_same_values_and_ours_are_views(tmp_path: Path) -> None:
    values = series(12)
    x, y = copy_windows(values, 5)
    processed = window_sides.preprocess_series(values, 5, tmp_path / "series")
    np.testing.assert_allclose(processed.inputs(TRAIN)["x"][..., 0], x, rtol=1e-6)
    np.testing.assert_allclose(processed.targets(TRAIN)["value"][..., 0], y, rtol=1e-6)
    assert processed.sample_count(TRAIN) == len(x) == 7
    stored = processed.splits[TRAIN].inputs["x"]
    assert isinstance(stored, np.memmap)
    assert np.shares_memory(processed.inputs(TRAIN)["x"], stored)
    assert np.shares_memory(processed.targets(TRAIN)["value"], stored)


def test_tutorial_windows_by_hand() -> None:
    x, y = copy_windows(np.arange(1, 6), 3)
    assert (x.tolist(), y.tolist()) == ([[1, 2, 3], [2, 3, 4]], [4, 5])
