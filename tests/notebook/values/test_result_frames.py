import numpy as np

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.notebook.values.result_frames import history_frame, metrics_frame, predictions_frame
from stages.report.recorded.recorded_predictions import from_texts
from tests.report.example_datasets import class_predictions, two_targets
from tests.report.example_forecasts import months


def test_metrics_of_several_targets_have_the_name_of_the_target() -> None:
    frame = metrics_frame(two_targets().evaluation)
    assert frame.index.tolist() == ["species.accuracy", "species.loss", "width.mae", "width.loss"]
    assert frame["model"].tolist() == [0.75, 0.5, 0.3125, 0.1]
    assert frame["majority"].tolist()[0] == 0.5
    assert np.isnan(frame.loc["width.mae", "majority"])
    assert frame.loc["width.mae", "linear"] == 0.5


def test_metrics_of_intervals_are_among_those_of_the_model() -> None:
    evaluation: EvaluationRecord = months().evaluation
    frame = metrics_frame(evaluation)
    assert frame["model"].to_dict() == evaluation.tracked_metrics()
    assert frame.loc["coverage", "model"] == 0.8


def test_the_epoch_is_the_index() -> None:
    frame = history_frame({"epoch": [1.0, 2.0], "loss": [0.5, 0.25]})
    assert frame.index.tolist() == [1, 2]
    assert frame.index.dtype == np.int64
    assert frame.columns.tolist() == ["loss"]


def test_names_of_classes_stay_texts() -> None:
    frame = predictions_frame(class_predictions("y", ["1", "NA"], [(5, 0, 1)], [[0.25, 0.75]]))
    assert frame.to_dict("records") == [
        {"row": 5, "y_truth": "1", "y_predicted": "NA", "y_probability": 0.75, "y_p_1": 0.25, "y_p_NA": 0.75}
    ]


def test_steps_ahead_are_a_column() -> None:
    frame = predictions_frame(months().predictions)
    assert frame.columns.tolist()[:2] == ["row", "step"]
    assert frame["step"].tolist()[:4] == [1, 2, 3, 1]


def test_no_predictions_are_an_empty_frame() -> None:
    assert predictions_frame(from_texts("test", {}, [], {"y_truth": [], "y_predicted": []}, {})).empty
