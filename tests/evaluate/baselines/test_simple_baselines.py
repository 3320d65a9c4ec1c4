from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.artefacts.records.evaluation import BaselineFit
from stages.core.columns.number_columns import NumberColumns
from stages.evaluate.baselines import simple_baselines
from stages.evaluate.baselines.simple_baselines import baseline_predictions
from tests.evaluate.processed_examples import STANDARD, classes, processed_data, series, values

RNG = np.random.default_rng(0)


def predicted(name: Any, data: ProcessedData, target: str = "y") -> Any:
    return baseline_predictions(name, target, data, "test", seed=0).predicted


def test_majority_is_the_most_frequent_class_of_the_training_rows() -> None:
    data = classes({"train": [1, 1, 0], "test": [0, 0, 0, 2]})
    assert predicted("majority", data, "kind").tolist() == [1, 1, 1, 1]
    one_hot = classes({"train": [2, 1, 2], "test": [0]}, encoding="one_hot")
    assert predicted("majority", one_hot, "kind").tolist() == [2]


def test_majority_of_equally_frequent_classes_is_the_first() -> None:
    assert predicted("majority", classes({"train": [2, 1, 1, 2], "test": [0, 0]}), "kind").tolist() == [1, 1]


def test_shuffled_returns_the_true_labels_in_another_order() -> None:
    truth = [n % 3 for n in range(100)]
    data = classes({"test": truth})
    predictions = [baseline_predictions("shuffled", "kind", data, "test", seed) for seed in (7, 7, 8)]
    labels, same_seed, other_seed = (list(labels.predicted) for labels in predictions)
    assert sorted(labels) == sorted(truth)
    assert labels == same_seed
    assert truth != labels != other_seed


def noisy_line(x: Any, steps: Any = ()) -> ProcessedData:
    y = 3 * x[:, :1] - x[:, 1:2] + 5 + RNG.normal(scale=0.1, size=(len(x), 1))
    return values({"train": (x[:60], y[:60]), "test": (x[60:], y[60:])}, steps=steps)


def test_linear_is_least_squares_on_the_training_rows() -> None:
    data = noisy_line(RNG.normal(size=(80, 2)).astype(np.float32))
    x, y = data.inputs("train")["x"].astype(np.float64), data.truth("train")["y"]
    expected = LinearRegression().fit(x, y).predict(data.inputs("test")["x"].astype(np.float64))
    np.testing.assert_allclose(predicted("linear", data), expected, rtol=1e-8)


def test_linear_predicts_in_the_targets_own_unit() -> None:
    x = RNG.normal(size=(80, 2)).astype(np.float32)
    values_predicted = predicted("linear", noisy_line(x, [STANDARD]))
    np.testing.assert_allclose(values_predicted[:, 0], 3 * x[60:, 0] - x[60:, 1] + 5, atol=0.2)


def test_linear_accepts_a_repeated_column() -> None:
    x = RNG.normal(size=(80, 2)).astype(np.float32)
    np.testing.assert_allclose(
        predicted("linear", noisy_line(np.column_stack([x, x[:, :1]]))), predicted("linear", noisy_line(x)), atol=0.2
    )


def test_linear_uses_all_inputs_and_all_rows_of_a_window() -> None:
    """The next value of an arithmetic series is the last value plus the step."""
    data = series({"train": [*range(20)], "test": [100, 101, 102, 103, 104]}, length=3, horizon=1)
    np.testing.assert_allclose(predicted("linear", data), [[103], [104]], rtol=1e-6)
    x = RNG.normal(size=(50, 2, 1))
    targets = {"y": TargetSpec(column=NumberColumns(columns=["y"]))}
    two = processed_data(
        {n: ({"l": x[:, 0], "r": x[:, 1]}, {"y": x[:, 0] - 2 * x[:, 1]}) for n in ("train", "test")}, targets
    )
    np.testing.assert_allclose(predicted("linear", two), two.truth("test")["y"], atol=1e-5)


def test_the_probabilities_of_majority_are_the_shares_of_the_training_rows() -> None:
    predictions = baseline_predictions("majority", "kind", classes({"train": [1, 1, 0, 1], "test": [0, 0]}), "test", 0)
    assert predictions.probabilities is not None
    assert predictions.probabilities.tolist() == [[0.25, 0.75, 0], [0.25, 0.75, 0]]


@pytest.mark.parametrize("weighted", [False, True])
def test_the_solution_of_parts_is_that_of_all_rows(weighted: bool) -> None:
    """With years, which are far from zero, and categories as columns that add up to the constant."""
    kind = np.arange(600) % 3
    inputs = np.column_stack([RNG.normal(size=600), RNG.uniform(1990, 2020, 600), np.eye(3)[kind]])
    outputs = (inputs @ [[2.0], [0.5], [1], [2], [4]] + RNG.normal(size=(600, 1))) + 1e4
    weights = RNG.uniform(0, 2, 600) if weighted else np.ones(600)
    rows = np.column_stack([inputs, np.ones(600)]) * np.sqrt(weights)[:, None], outputs * np.sqrt(weights)[:, None]
    parts = [(rows[0][start : start + 90], rows[1][start : start + 90]) for start in range(0, 600, 90)]
    coefficients = simple_baselines.normal_equations_solution(parts)
    expected = LinearRegression().fit(inputs, outputs, weights).predict(inputs)
    np.testing.assert_allclose(inputs @ coefficients[:-1] + coefficients[-1], expected, rtol=1e-10)


def test_shuffled_keeps_the_values_of_a_row_together() -> None:
    y = np.arange(40.0).reshape(20, 2)
    data = values({"train": (y, y), "test": (y, y)})
    shuffled = baseline_predictions("shuffled", "y", data, "test", 3).predicted
    expected = y.copy()
    np.random.default_rng(3).shuffle(expected)
    assert shuffled.tolist() == expected.tolist()


@pytest.fixture
def two_inputs(monkeypatch: pytest.MonkeyPatch) -> ProcessedData:
    """A narrow input, and one with more columns than least squares of so many numbers have."""
    monkeypatch.setattr(simple_baselines, "NUMBERS_AT_ONCE", 100)
    monkeypatch.setattr(simple_baselines, "MAX_INPUTS", 3)
    narrow, wide = RNG.normal(size=(80, 2)), RNG.normal(size=(80, 4))
    y = narrow[:, :1] + wide[:, :1]
    rows = {"train": slice(0, 60), "test": slice(60, 80)}
    target = TargetSpec(column=NumberColumns(columns=["y"]))
    arrays = {name: ({"wide": wide[part], "narrow": narrow[part]}, {"y": y[part]}) for name, part in rows.items()}
    return processed_data(arrays, {"y": target})


def test_least_squares_of_many_rows_leave_wide_inputs_out(two_inputs: ProcessedData) -> None:
    def narrow(split: str) -> Any:
        return two_inputs.inputs(split)["narrow"].astype(np.float64)

    expected = LinearRegression().fit(narrow("train"), two_inputs.truth("train")["y"]).predict(narrow("test"))
    np.testing.assert_allclose(predicted("linear", two_inputs), expected, rtol=1e-6)
    fit = simple_baselines.least_squares_fit("y", two_inputs)
    assert fit == BaselineFit(baseline="linear", target="y", left_out_inputs=["wide"])


def test_least_squares_of_wide_inputs_alone_are_the_mean(
    two_inputs: ProcessedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simple_baselines, "MAX_INPUTS", 1)
    mean = two_inputs.truth("train")["y"].mean()
    np.testing.assert_allclose(predicted("linear", two_inputs), np.full((20, 1), mean), rtol=1e-6)


def test_least_squares_of_few_rows_have_all_inputs(two_inputs: ProcessedData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simple_baselines, "NUMBERS_AT_ONCE", 1000)
    assert simple_baselines.least_squares_fit("y", two_inputs) is None
    np.testing.assert_allclose(predicted("linear", two_inputs), two_inputs.truth("test")["y"], atol=1e-5)
