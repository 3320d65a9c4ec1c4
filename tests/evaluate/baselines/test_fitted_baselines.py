import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.evaluate.baselines.fitted_baselines import FittedPredictions, fitted_baseline_predictions
from tests.evaluate.processed_examples import processed_data, series, values

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(300, 3)) * [1, 100, 0] + [5, -300, 7]).astype(np.float32)
NUMBERS = np.digitize(X[:, 0] + RNG.normal(scale=0.3, size=300), [4.5, 5.5])


def classified(numbers: Any = NUMBERS, names: Any = ("a", "b", "c")) -> ProcessedData:
    """The first 200 rows are training rows. The last column is constant."""
    target = TargetSpec(column=ClassLabels(columns=["kind"], encoding="integer", classes=[*names]))
    arrays = {
        "train": ({"left": X[:200, :1], "right": X[:200, 1:]}, {"kind": numbers[:200]}),
        "validation": ({"left": X[:50, :1], "right": X[:50, 1:]}, {"kind": numbers[:50]}),
        "test": ({"left": X[200:, :1], "right": X[200:, 1:]}, {"kind": numbers[200:]}),
    }
    return processed_data(arrays, {"kind": target})


def predicted(name: Any, data: ProcessedData, target: str = "kind") -> FittedPredictions:
    return fitted_baseline_predictions(name, target, data, ["test"], seed=0)


def test_logistic_regression_is_that_of_scikit_learn_on_standardised_inputs() -> None:
    scaler = StandardScaler().fit(X[:200].astype(np.float64))
    model = LogisticRegression().fit(scaler.transform(X[:200].astype(np.float64)), NUMBERS[:200])
    expected = model.predict_proba(scaler.transform(X[200:].astype(np.float64)))
    found = predicted("logistic", classified())
    np.testing.assert_allclose(found.by_split["test"], expected, atol=1e-6)
    assert found.fit is not None
    assert found.fit.converged is True
    assert found.fit.iterations == model.n_iter_.max()


def test_a_fit_that_does_not_converge_is_recorded_and_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr("stages.evaluate.baselines.fitted_baselines.MAX_ITERATIONS", 2)
    fit = predicted("logistic", classified()).fit
    assert fit is not None
    assert (fit.iterations, fit.converged) == (2, False)
    assert len(recwarn) == 0


def test_boosted_classes_are_those_of_scikit_learn() -> None:
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=0)
    expected = model.fit(X[:200].astype(np.float64), NUMBERS[:200]).predict_proba(X[200:].astype(np.float64))
    found = predicted("gradient_boosting", classified())
    np.testing.assert_allclose(found.by_split["test"], expected)
    assert found.fit is not None
    assert (found.fit.iterations, found.fit.converged) == (100, None)


def test_boosted_values_have_one_model_for_each_column() -> None:
    y = np.column_stack([X[:, 0] ** 2, -X[:, 1]])
    data = values({"train": (X[:200], y[:200]), "test": (X[200:], y[200:])}, columns=["square", "negative"])
    found = predicted("gradient_boosting", data, "y").by_split["test"]
    truth = data.truth("train")["y"]
    for column in (0, 1):
        model = HistGradientBoostingRegressor(early_stopping=False, random_state=0)
        model.fit(X[:200].astype(np.float64), truth[:, column])
        np.testing.assert_allclose(found[:, column], model.predict(X[200:].astype(np.float64)))


def test_a_class_without_training_rows_has_the_probability_0() -> None:
    numbers = np.where(NUMBERS == 1, 2, NUMBERS)
    for name in ("logistic", "gradient_boosting"):
        probabilities = predicted(name, classified(numbers)).by_split["test"]
        assert probabilities.shape == (100, 3)
        assert not probabilities[:, 1].any()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_windows_are_flattened() -> None:
    data = series({"train": [float(n % 7) for n in range(300)], "test": [float(n % 7) for n in range(40)]}, 8, 1)
    found = predicted("gradient_boosting", data, "y").by_split["test"]
    np.testing.assert_allclose(found, data.truth("test")["y"], atol=0.01)


def test_every_split_that_is_asked_for_is_predicted() -> None:
    found = fitted_baseline_predictions("logistic", "kind", classified(), ["validation", "test"], seed=0).by_split
    assert {split: len(rows) for split, rows in found.items()} == {"validation": 50, "test": 100}


SCRIPT = """
from stages.core.runtime.bootstrap import prepare_process
prepare_process()
import hashlib
from tests.evaluate.baselines.test_fitted_baselines import classified, predicted
print(*(hashlib.sha256(predicted(name, classified()).by_split["test"].tobytes()).hexdigest()
        for name in ("logistic", "gradient_boosting")))
"""


def test_the_environment_and_the_hash_seed_change_no_bit() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(outputs) == 1
