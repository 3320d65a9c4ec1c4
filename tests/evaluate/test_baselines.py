from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.columns.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.evaluate.baselines import baseline, check_baselines, majority, shuffled
from stages.evaluate.params import Evaluate
from tests.evaluate.cases import HALVED, assembled, classes, series, values

RNG = np.random.default_rng(0)


def of(name: Any, data: ProcessedData, target: str = "y", split: str = "test", seed: int = 0) -> Any:
    return baseline(name, target, data, split, seed)


def test_the_majority_is_that_of_the_training_rows() -> None:
    data = classes({"train": [1, 1, 0], "test": [0, 0, 0, 2]})
    assert of("majority", data, "kind").tolist() == [1, 1, 1, 1]
    one_hot = classes({"train": [2, 1, 2], "test": [0]}, encoding="one_hot")
    assert of("majority", one_hot, "kind").tolist() == [2]


def test_of_two_equal_classes_the_first_is_the_majority() -> None:
    assert majority(np.array([2, 1, 1, 2]), 2).tolist() == [1, 1]


def test_shuffled_labels_are_the_true_ones_in_another_order() -> None:
    truth = np.arange(100) % 3
    once = shuffled(truth, 7)
    assert sorted(once.tolist()) == sorted(truth.tolist())
    assert not np.array_equal(once, truth)
    np.testing.assert_array_equal(once, shuffled(truth, 7))
    assert not np.array_equal(once, shuffled(truth, 8))


def line(x: Any, steps: Any = ()) -> ProcessedData:
    y = 3 * x[:, :1] - x[:, 1:2] + 5 + RNG.normal(scale=0.1, size=(len(x), 1))
    return values({"train": (x[:60], y[:60]), "test": (x[60:], y[60:])}, steps=steps)


def test_linear_is_least_squares_on_the_training_rows() -> None:
    data = line(RNG.normal(size=(80, 2)).astype(np.float32))
    x, y = data.inputs("train")["x"].astype(np.float64), data.truth("train")["y"]
    expected = LinearRegression().fit(x, y).predict(data.inputs("test")["x"].astype(np.float64))
    np.testing.assert_allclose(of("linear", data), expected, rtol=1e-8)


def test_linear_speaks_in_the_targets_own_unit() -> None:
    x = RNG.normal(size=(80, 2)).astype(np.float32)
    predicted = of("linear", line(x, [HALVED]))
    np.testing.assert_allclose(predicted[:, 0], 3 * x[60:, 0] - x[60:, 1] + 5, atol=0.2)


def test_a_column_twice_is_no_harm_to_it() -> None:
    x = RNG.normal(size=(80, 2)).astype(np.float32)
    np.testing.assert_allclose(of("linear", line(np.column_stack([x, x[:, :1]]))), of("linear", line(x)), atol=0.2)


def test_linear_reads_all_inputs_and_all_rows_of_a_window() -> None:
    """An arithmetic series goes on: the next is the last plus the step."""
    data = series({"train": [*range(20)], "test": [100, 101, 102, 103, 104]}, length=3, horizon=1)
    np.testing.assert_allclose(of("linear", data), [[103], [104]], rtol=1e-6)
    x = RNG.normal(size=(50, 2, 1))
    targets = {"y": TargetSpec(column=NumberColumns(columns=["y"]))}
    two = assembled(
        {n: ({"l": x[:, 0], "r": x[:, 1]}, {"y": x[:, 0] - 2 * x[:, 1]}) for n in ("train", "test")}, targets
    )
    np.testing.assert_allclose(of("linear", two), two.truth("test")["y"], atol=1e-5)


def test_persistence_says_the_last_value_that_was_seen() -> None:
    data = series({"test": [1, 2, 4, 8, 16, 32]}, length=2, horizon=1)
    assert data.truth("test")["y"].ravel().tolist() == [4, 8, 16, 32]
    assert of("persistence", data).ravel().tolist() == [2, 4, 8, 16]


def test_persistence_three_steps_ahead() -> None:
    data = series({"test": [1, 2, 4, 8, 16, 32]}, length=2, horizon=3)
    assert data.truth("test")["y"].ravel().tolist() == [16, 32]
    assert of("persistence", data).ravel().tolist() == [2, 4]


def test_persistence_strides_with_the_windows() -> None:
    data = series({"test": [1, 2, 4, 8, 16, 32]}, length=1, horizon=2, stride=2)
    assert data.truth("test")["y"].ravel().tolist() == [4, 16]
    assert of("persistence", data).ravel().tolist() == [1, 4]


def test_persistence_speaks_in_the_targets_own_unit() -> None:
    data = series({"test": [1, 2, 4, 8]}, length=2, horizon=1, steps=[HALVED])
    assert data.targets("test")["y"].ravel().tolist() == [-3, -1]
    assert of("persistence", data).ravel().tolist() == [2, 4]


def test_a_baseline_says_nothing_about_what_it_does_not_fit() -> None:
    numbers, words = values({"train": ([[1]], [1]), "test": ([[1]], [1])}), classes({"train": [0], "test": [0]})
    assert [of(name, numbers) for name in ("majority", "shuffled", "persistence")] == [None] * 3
    assert [of(name, words, "kind") for name in ("linear", "persistence")] == [None] * 2


def mistake(data: ProcessedData, *baselines: str) -> str:
    with pytest.raises(UserError) as caught:
        check_baselines(Evaluate.model_validate({"headline": "x", "baselines": [*baselines]}), data)
    return str(caught.value)


def test_baselines_that_fit_no_target_are_told() -> None:
    words, numbers = classes({"train": [0]}), values({"train": ([[1]], [1])})
    assert mistake(words, "linear") == "evaluate.baselines: linear fits no target; use majority or shuffled"
    assert mistake(numbers, "majority", "linear", "persistence").splitlines() == [
        "evaluate.baselines: majority fits no target; use linear",
        "evaluate.baselines: persistence fits no target; use linear",
    ]


def test_each_target_may_have_a_baseline_of_its_own() -> None:
    targets = {
        "kind": TargetSpec(column=ClassLabels(columns=["k"], encoding="integer", classes=["a", "b"])),
        "y": TargetSpec(column=NumberColumns(columns=["y"])),
    }
    data = assembled({"train": ({"x": [[1.0]]}, {"kind": np.array([0]), "y": [[1.0]]})}, targets)
    check_baselines(Evaluate(headline="y.mse", baselines=["majority", "linear"]), data)
    assert mistake(data, "majority") == "evaluate.baselines: none for target y; add linear"
