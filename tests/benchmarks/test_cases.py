"""What is compared is the same on both sides: the model, the rows and what a row holds."""

from itertools import pairwise

import numpy as np
import pytest

from benchmarks import restage_side as own
from benchmarks import synthetic_data as made
from benchmarks import tutorial_side as tutorial
from benchmarks import window_sides as windowing
from benchmarks.cases import CASES, Case, chosen
from stages.core.artefacts.processed import TRAIN, VALIDATION
from stages.core.errors import UserError
from tests.train.small_data import build

MODELS = [name for name in CASES if name != "windows"]


@pytest.fixture(scope="module", params=MODELS)
def both(request, tmp_path_factory):
    """A case, made small, as the tutorial has it and as we do."""
    name = request.param
    case, folder = CASES[name].quick, tmp_path_factory.mktemp(name)
    return case, tutorial.lesson_of(name, case), own.prepared(name, case, folder), own.train_params(name, case)


def test_the_models_are_the_same(both):
    case, lesson, processed, params = both
    model = build(params, processed.fitted)
    assert model.count_params() == lesson.model.count_params()
    assert model.output_shape == lesson.model.output_shape
    assert [w.shape for w in model.weights] == [w.shape for w in lesson.model.weights]
    if case.widths:
        assert model.count_params() == sum((a + 1) * b for a, b in pairwise(case.widths))


def test_optimizer_and_loss_are_the_same(both):
    _, lesson, processed, params = both
    ours, theirs = build(params, processed.fitted).optimizer, lesson.model.optimizer
    assert type(ours) is type(theirs)
    assert float(ours.learning_rate.numpy()) == float(theirs.learning_rate.numpy())
    long = {"mse": "mean_squared_error"}.get(lesson.model.loss, lesson.model.loss)
    assert params.loss == long


def test_both_train_on_the_same_rows(both):
    case, lesson, processed, _ = both
    (x,), (y,) = processed.inputs(TRAIN).values(), processed.targets(TRAIN).values()
    assert len(lesson.x) == len(x) == case.rows
    np.testing.assert_allclose(x.reshape(lesson.x.shape), lesson.x, atol=1e-6)
    np.testing.assert_allclose(y.reshape(lesson.y.shape), lesson.y, atol=1e-6)


def test_both_validate_on_the_same_rows(both):
    case, lesson, processed, _ = both
    assert processed.has_split(VALIDATION) == (lesson.held_out is not None) == (case.validating > 0)
    if lesson.held_out is not None:
        (x,) = processed.inputs(VALIDATION).values()
        np.testing.assert_allclose(x.reshape(lesson.held_out[0].shape), lesson.held_out[0], atol=1e-6)


def test_every_case_can_be_built():
    assert set(own.RECIPES) | {"windows"} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_quick_case_is_small(name):
    quick = CASES[name].quick
    assert (quick.rows <= 300, quick.validating <= 50, quick.each) == (True, True, 1)
    assert bool(quick.validating) == bool(CASES[name].validating)


def test_windows_are_the_same_values_and_no_copy_of_ours(tmp_path):
    series = made.series(12)
    x, y = windowing.copied(series, 5)
    processed = windowing.handed_on(series, 5, tmp_path / "series")
    np.testing.assert_allclose(processed.inputs(TRAIN)["x"][..., 0], x, rtol=1e-6)
    np.testing.assert_allclose(processed.targets(TRAIN)["value"][..., 0], y, rtol=1e-6)
    assert processed.sample_count(TRAIN) == len(x) == 7
    stored = processed.splits[TRAIN].inputs["x"]
    assert isinstance(stored, np.memmap)
    assert np.shares_memory(processed.inputs(TRAIN)["x"], stored)
    assert np.shares_memory(processed.targets(TRAIN)["value"], stored)


def test_windows_of_the_tutorials_by_hand():
    x, y = windowing.copied(np.arange(1, 6), 3)
    assert (x.tolist(), y.tolist()) == ([[1, 2, 3], [2, 3, 4]], [4, 5])


def test_operations_by_hand():
    """2 x 3 and 3 x 1: forward 2 (6 + 3) = 18; backward twice that, without the 12 for the input's gradient."""
    case = Case("", rows=10, validating=5, widths=(2, 3, 1))
    assert case.operations == 10 * (18 + 36 - 12) + 5 * 18
    assert Case("", rows=10, widths=(2, 3, 1), trains=False).operations == 10 * 18
    assert Case("", rows=10).operations == 0


def test_cases_are_chosen_by_name_in_the_order_of_the_table():
    assert chosen([]) == list(CASES)
    assert chosen(["windows", "iris"]) == ["iris", "windows"]


def test_every_unknown_case_is_named_with_the_nearest():
    with pytest.raises(UserError) as mistake:
        chosen(["iriss", "lstm", "mnist_mpl"])
    assert mistake.value.messages == (
        "--case: no case 'iriss'; did you mean iris?",
        "--case: no case 'mnist_mpl'; did you mean mnist_mlp?",
    )
