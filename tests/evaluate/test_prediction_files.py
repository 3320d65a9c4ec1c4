from typing import Any

import numpy as np

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import (
    CalibrationPart,
    ClassDetail,
    ClassesDetail,
    PredictionDetails,
    ValuesDetail,
)
from stages.evaluate.forecasts.forecast_intervals import ForecastIntervals, TargetInterval
from stages.evaluate.prediction_files import prediction_details, prediction_rows
from stages.evaluate.target_predictions import TargetPredictions, predict_classes
from stages.inference.intervals.bounds import Bounds
from tests.evaluate.processed_examples import class_and_value, classes, series, values
from tests.inference.intervals.example_intervals import fitted_interval


def made(data: ProcessedData, outputs: dict[str, Any], threshold: float = 0.5) -> dict[str, TargetPredictions]:
    """From the probabilities or values of each target."""
    return {
        name: TargetPredictions(array)
        if data.fitted.targets[name].classes is None
        else predict_classes(array, threshold)
        for name, array in outputs.items()
    }


def rows(data: ProcessedData, outputs: dict[str, Any], threshold: float = 0.5) -> list[list[object]]:
    return prediction_rows(data, "test", made(data, outputs, threshold))


def test_forecasts_of_all_steps_have_a_row_for_each_and_their_interval() -> None:
    """The windows of rows 4 to 7 and 6 to 9 have the steps 1 and 2."""
    data = series({"train": [1, 2, 3, 4], "test": [5, 6, 7, 8, 9, 10]}, length=2, horizon=2, stride=2, all_steps=True)
    truth = data.truth("test")["y"]
    bounds = Bounds(truth - 1, truth + 2)
    intervals = ForecastIntervals({"y": TargetInterval(bounds, fitted_interval(9))})
    found = prediction_rows(data, "test", {"y": TargetPredictions(truth + 0.5)}, intervals)
    assert found == [
        ["row", "step", "y_truth", "y_predicted", "y_lower", "y_upper"],
        [6, 1, 7.0, 7.5, 6.0, 9.0],
        [7, 2, 8.0, 8.5, 7.0, 10.0],
        [8, 1, 9.0, 9.5, 8.0, 11.0],
        [9, 2, 10.0, 10.5, 9.0, 12.0],
    ]


def test_details_of_classes_and_values() -> None:
    predictions = {"kind": np.array([[0.1, 0.9], [0.2, 0.8]]), "y": np.array([[7.0], [9]])}
    rose = ClassDetail(name="rose", precision=0.0, recall=0.0, f1=0.0, support=1)
    tulip = ClassDetail(name="tulip", precision=0.5, recall=1.0, f1=0.666667, support=1)
    calibration = [CalibrationPart(samples=1, mean_probability=0.8, share_correct=0.0)]
    calibration += [CalibrationPart(samples=1, mean_probability=0.9, share_correct=1.0)]
    assert prediction_details(class_and_value(), "test", made(class_and_value(), predictions)) == PredictionDetails(
        split="test",
        targets={
            "kind": ClassesDetail(
                classes=["rose", "tulip"],
                confusion=[[0, 1], [0, 1]],
                per_class=[rose, tulip],
                calibration=calibration,
            ),
            "y": ValuesDetail(columns=["size"]),
        },
    )


def test_a_predicted_class_has_names_and_a_probability() -> None:
    data = classes({"train": [0, 1, 1], "test": [1, 0, 1, 1]}, ["rose", "tulip"])
    probabilities = np.array([[0.25, 0.75], [0.6, 0.4], [0.1, 0.9], [0.123456789, 0.876543211]], np.float32)
    assert rows(data, {"kind": probabilities}) == [
        ["row", "kind_truth", "kind_predicted", "kind_probability"],
        [3, "tulip", "tulip", 0.75],
        [4, "rose", "rose", 0.6],
        [5, "tulip", "tulip", 0.9],
        [6, "tulip", "tulip", 0.876543],
    ]


def test_predicted_values_have_two_columns_for_each_target_column() -> None:
    data = values({"train": ([[0]], [[1, 2]]), "test": ([[1]], [[3, 1 / 3]])}, ["low", "high"])
    assert rows(data, {"y": np.array([[2.5, 1e-3]])}) == [
        ["row", "low_truth", "low_predicted", "high_truth", "high_predicted"],
        [1, 3.0, 2.5, 0.333333343, 0.001],
    ]


def test_several_targets_are_columns_of_one_table() -> None:
    predictions = {"kind": np.array([[0.0, 1], [1, 0]]), "y": np.array([[7.0], [9]])}
    assert rows(class_and_value(), predictions) == [
        ["row", "kind_truth", "kind_predicted", "kind_probability", "size_truth", "size_predicted"],
        [3, "tulip", "tulip", 1.0, 7.0, 7.0],
        [4, "rose", "rose", 1.0, 10.0, 9.0],
    ]


def test_a_threshold_decides_the_predicted_class_and_its_probability() -> None:
    data = classes({"train": [0, 1], "test": [1, 0]}, ["rose", "tulip"])
    probabilities = np.array([[0.7, 0.3], [0.9, 0.1]])
    assert rows(data, {"kind": probabilities}, threshold=0.2)[1:] == [
        [2, "tulip", "tulip", 0.3],
        [3, "rose", "rose", 0.9],
    ]
    details = prediction_details(data, "test", made(data, {"kind": probabilities}, threshold=0.2))
    assert isinstance(details.targets["kind"], ClassesDetail)
    assert details.targets["kind"].confusion == [[1, 0], [0, 1]]


def test_outputs_that_are_no_probabilities_have_no_calibration() -> None:
    data = classes({"train": [0, 1], "test": [1, 0]}, ["rose", "tulip"])
    details = prediction_details(data, "test", made(data, {"kind": np.array([[2.0, -1], [0, 1]])}))
    assert isinstance(details.targets["kind"], ClassesDetail)
    assert details.targets["kind"].calibration == []
