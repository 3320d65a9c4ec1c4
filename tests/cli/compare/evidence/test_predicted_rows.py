from pathlib import Path

import numpy as np
import pytest

from stages.cli.compare.evidence.compare_rows import check_recorded_value, order_as, with_naive_errors
from stages.cli.compare.evidence.predicted_rows import PredictedRows, read_predicted_rows
from stages.cli.revisions.snapshot import open_snapshot
from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, write_processed
from stages.core.artefacts.row_numbers import as_array
from stages.evaluate.baselines.compare_with_baselines import dependent_rows
from stages.evaluate.metrics.forecast_metrics import mean_absolute_scaled_error
from stages.evaluate.prediction_files import write_predictions
from stages.evaluate.target_predictions import TargetPredictions, predict_classes
from tests.evaluate.processed_examples import class_and_value, classes, series, values

EXAMPLES = {
    "classes": lambda: classes({"train": [0, 1, 1], "test": [1, 0, 1, 1]}, ["rose", "tulip"]),
    "values": lambda: values({"train": ([[1.0], [2.0]], [1.0, 2.0]), "test": ([[3.0], [4.0]], [3.0, 5.0])}),
    "class_and_value": class_and_value,
    "series": lambda: series({"train": [1, 2, 3, 4], "test": [5, 6, 7, 8, 9, 10]}, length=2, horizon=2),
    "series_of_all_steps": lambda: series(
        {"train": [1, 2, 3, 4], "test": [5, 6, 7, 8, 9, 10]}, length=2, horizon=2, stride=2, all_steps=True
    ),
}


def predictions(data: ProcessedData) -> dict[str, TargetPredictions]:
    generator, found = np.random.default_rng(0), {}
    for name, truth in data.truth("test").items():
        target = data.fitted.targets[name]
        if target.classes is None:
            found[name] = TargetPredictions(truth + generator.normal(size=truth.shape))
        else:
            shares = generator.dirichlet(np.ones(target.width), len(truth)).astype(np.float32)
            found[name] = predict_classes(shares)
    return found


def read_back(data: ProcessedData, written: dict[str, TargetPredictions]) -> PredictedRows:
    """As a run writes them, and compare reads them."""
    write_processed(data, paths.processed_data("tiny"))
    folder = paths.predictions("tiny")
    folder.mkdir(parents=True)
    write_predictions(folder, data, "test", written)
    with open_snapshot(None) as tree:
        return read_predicted_rows(tree, "tiny")


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_read_is_what_evaluate_measured(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = EXAMPLES[name]()
    written = predictions(data)
    rows = read_back(data, written)
    assert rows.block == dependent_rows(data, "test")
    assert rows.rows.tolist() == as_array(data.raw_row_numbers("test")).tolist()
    for target, truth in data.truth("test").items():
        read = rows.target(target, with_probabilities=written[target].probabilities is not None)
        np.testing.assert_allclose(read.truth, truth, rtol=1e-8)
        assert read.truth.shape == truth.shape
        np.testing.assert_allclose(read.predictions.predicted, written[target].predicted, rtol=1e-8)
        if written[target].probabilities is not None:
            np.testing.assert_array_equal(read.predictions.probabilities, written[target].probabilities)


def test_the_naive_errors_follow_from_the_recorded_mase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = EXAMPLES["series_of_all_steps"]()
    written = predictions(data)
    rows = read_back(data, written)
    recorded = mean_absolute_scaled_error(data.truth("test")["y"], written["y"].predicted, np.array([0.7]))
    target = with_naive_errors(rows.target_of("y", "mase"), "mase", recorded)
    assert target.predictions.naive_errors == pytest.approx(0.7)
    check_recorded_value(rows, target, "mase", recorded)


def test_rows_in_another_order() -> None:
    wanted, rows = np.array([7, 3, 5, 9]), np.array([9, 5, 7, 3])
    order = order_as(wanted, rows)
    assert order is not None
    assert rows[order].tolist() == wanted.tolist()
    assert order_as(wanted, rows[:3]) is None
