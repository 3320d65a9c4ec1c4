"""The evaluate stage: what it checks before it loads Keras, and a whole run on a model with known weights."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, write_processed
from stages.core.artefacts.records.evaluation import EvaluationRecord, PredictionDetails, ValuesDetail
from stages.core.artefacts.records.record import read_record, write_record
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json, write_text
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT
from stages.evaluate import __main__ as entry
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE, OutputSettings
from tests.evaluate.processed_examples import STANDARD, class_and_value, classes, values
from tests.evaluate.series_examples import forecasts
from tests.evaluate.test_model_evaluation import LOSSES, two_headed_model
from tests.inference.linear_model import linear_model
from tests.report.example_records import training_record
from tests.run_in_process import published

run = published(entry.run)

KEY = "flowers"
FLOWERS = classes({"train": [0, 1, 1], "test": [1, 0]}, ["rose", "tulip"])
TRAINING = paths.model(KEY) / "training.json"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # TensorFlow of this process has its threads already.
    monkeypatch.setattr(entry, "start_keras", lambda threads: None)
    write_processed(FLOWERS, paths.processed_data(KEY))
    write_text(paths.model_file_copies(KEY) / PACKAGE_FILE, PACKAGE_TEXT)
    write_params()
    return tmp_path


def write_params(**params: Any) -> None:
    evaluate = {"headline": "accuracy", "baselines": ["majority"]} | params
    write_json(paths.dataset_params(KEY), {"evaluate": evaluate})


def error_message() -> str:
    with pytest.raises(UserError) as caught:
        run(KEY)
    assert not paths.metrics(KEY).exists()
    assert not paths.evaluation(KEY).exists()
    assert not paths.predictions(KEY).exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"baselines": []}, "baselines: should have at least 1 item; received []"),
        ({"baselines": ["majorty"]}, "baselines[0]: received 'majorty'; did you mean majority?"),
        ({"split": "tset"}, "split: received 'tset'; did you mean test?"),
        ({"threshold": 1.5}, "threshold: "),
        ({"threshold": "best"}, "threshold: "),
        ({"fitted_baselines": ["logistc"]}, "fitted_baselines"),
        ({"headlin": "x"}, "headlin: unknown key; did you mean headline?"),
    ],
)
def test_wrong_parameters(params: dict[str, Any], message: str) -> None:
    write_params(**params)
    assert f"datasets.flowers.evaluate.{message}" in error_message()


def test_a_split_without_rows() -> None:
    write_params(split="validation")
    assert error_message() == "evaluate.split: no validation rows; give preprocess.split.validation a share"


def test_a_baseline_that_does_not_apply() -> None:
    write_params(baselines=["majority", "linear"])
    assert error_message() == "evaluate.baselines: linear fits no target; use majority or shuffled"


def test_a_positive_class_that_is_no_class() -> None:
    write_params(positive_class="tulipa")
    assert error_message() == "evaluate.positive_class: target kind has no class 'tulipa'; did you mean tulip?"


def test_missing_processed_data() -> None:
    (paths.processed_data(KEY) / "fitted.json").unlink()
    message = error_message()
    assert "data/processed/flowers/fitted.json" in message
    assert "dvc repro preprocess@flowers" in message


def test_a_missing_training_record() -> None:
    message = error_message()
    assert str(TRAINING) in message
    assert "dvc repro train@flowers" in message


@pytest.mark.parametrize("content", ["", '{"threads": 1', "{}"])
def test_a_damaged_training_record(content: str) -> None:
    write_text(TRAINING, content)
    message = error_message()
    assert message.startswith(f"{TRAINING}: damaged (")
    assert message.endswith("run `dvc repro --force train@flowers`")


def test_a_missing_history() -> None:
    write_record(TRAINING, training_record())
    message = error_message()
    assert "reports/history/flowers.csv" in message
    assert "dvc repro train@flowers" in message


def test_a_refit_model_is_not_evaluated_on_validation_rows() -> None:
    """It was trained on them."""
    write_params(split="validation")
    write_processed(classes({"train": [0, 1, 1], "validation": [1, 0]}, ["rose", "tulip"]), paths.processed_data(KEY))
    write_record(TRAINING, training_record(kept="refit"))
    write_text(paths.history(KEY), "epoch,loss,val_loss\n1,0.5,0.75\n")
    message = error_message()
    assert message.startswith("evaluate.split: with train.refit ")
    assert message.endswith("use split: test, or remove train.refit")


@pytest.fixture
def two_seeds() -> None:
    """The first seed's model predicts 2x + 1 in the scaled unit of the target, the second seed's 2x.

    In the target's own unit, the truth is 24 and 30; the models predict 24 and 28, and 22 and 26.
    """
    data = values({"train": ([[0], [1], [2]], [12, 16, 20]), "test": ([[3], [4]], [24, 30])}, steps=[STANDARD])
    write_processed(data, paths.processed_data(KEY))
    (paths.model(KEY) / "seeds").mkdir(parents=True)
    linear_model(2, 1).save(paths.model(KEY) / "model.keras")
    linear_model(2, 0).save(paths.model(KEY) / "seeds/1.keras")
    seeds = [{"seed": seed, "best_epoch": 2} for seed in (0, 1)]
    write_record(TRAINING, training_record(epochs=2, loss={"y": "mean_squared_error"}, seeds=seeds))
    write_text(paths.history(KEY), "epoch,loss,val_loss\n1,2.0,2.0\n2,1.0,1.5\n")
    write_params(headline="rmse", baselines=["linear"], reach=1.5)


def test_a_whole_run(two_seeds: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Least squares predicts the same as the first seed's model. tests/stories/test_same_bits.py starts the process."""
    run(KEY)
    assert capsys.readouterr().err == ""
    record = read_record(EvaluationRecord, paths.evaluation(KEY), "evaluate", KEY)
    metrics = {"mse": 2.0, "mae": 1.0, "rmse": 1.41421, "r2": 1 - 4 / 18}
    assert record.metrics["y"] == pytest.approx(metrics | {"loss": 0.5}, rel=1e-5)
    assert record.baselines["linear"]["y"] == pytest.approx(metrics, rel=1e-5)
    assert record.best_baseline.improvement == pytest.approx(0, abs=1e-6)
    assert (record.split, record.samples, record.gap, record.reach) == ("test", 2, {"loss": 0.5}, 1.5)
    assert json.loads(paths.metrics(KEY).read_text()) == record.metrics["y"]

    first, second = 2**0.5, 10**0.5
    assert record.seeds is not None
    assert record.seeds.model_dump() == pytest.approx(
        {"count": 2, "mean": (first + second) / 2, "spread": (second - first) / 2**0.5, "worst": second}, rel=1e-5
    )

    folder = paths.predictions(KEY)
    assert (folder / "predictions.csv").read_text() == "row,y_truth,y_predicted\n3,24.0,24.0\n4,30.0,28.0\n"
    details = read_record(PredictionDetails, folder / "details.json", "evaluate", KEY)
    assert details == PredictionDetails(split="test", targets={"y": ValuesDetail(columns=["y"])})
    assert sorted(file.name for file in folder.iterdir()) == ["details.json", "output_settings.json", "predictions.csv"]
    assert read_record(OutputSettings, folder / "output_settings.json", "evaluate", KEY) == OutputSettings()


def test_a_missing_model_of_another_seed(two_seeds: None) -> None:
    (paths.model(KEY) / "seeds/1.keras").unlink()
    message = error_message()
    assert "data/models/flowers/seeds/1.keras" in message
    assert "dvc repro train@flowers" in message


LOSS = "import keras\n\n\ndef my_loss(y_true, y_pred):\n    return 3 * keras.ops.abs(y_true - y_pred)\n"


def test_the_loss_of_a_file_of_the_user_is_computed(two_seeds: None) -> None:
    """Three times the absolute error."""
    write_text(paths.model_file_copies(KEY) / "mine.py", LOSS)
    seeds = [{"seed": seed, "best_epoch": 2} for seed in (0, 1)]
    write_record(TRAINING, training_record(epochs=2, loss={"y": "mine.py:my_loss"}, seeds=seeds))
    run(KEY)
    own = read_record(EvaluationRecord, paths.evaluation(KEY), "evaluate", KEY).metrics["y"]["loss"]
    write_record(TRAINING, training_record(epochs=2, loss={"y": "mean_absolute_error"}, seeds=seeds))
    run(KEY)
    absolute = read_record(EvaluationRecord, paths.evaluation(KEY), "evaluate", KEY).metrics["y"]["loss"]
    assert own == pytest.approx(3 * absolute)
    assert absolute > 0


def test_an_exception_in_a_file_of_the_user_has_its_line(two_seeds: None) -> None:
    write_text(paths.model_file_copies(KEY) / "mine.py", LOSS.replace("3 *", "nothing *"))
    write_record(TRAINING, training_record(epochs=2, loss={"y": "mine.py:my_loss"}))
    assert error_message().startswith("conf/models/mine.py:5: NameError: ")


def test_missing_copies_of_files_name_the_command() -> None:
    (paths.model_file_copies(KEY) / PACKAGE_FILE).unlink()
    write_record(TRAINING, training_record())
    write_text(paths.history(KEY), "epoch,loss,val_loss\n1,0.5,0.75\n")
    assert error_message().endswith("data/guard/models/flowers/__init__.py: not found; run `dvc repro guard`")


def test_a_class_and_a_value() -> None:
    """The model of test_model_evaluation.py. Its headline is the class, so importance is that of the class.

    Without a list, all baselines that apply are computed.
    """
    write_processed(class_and_value(), paths.processed_data(KEY))
    paths.model(KEY).mkdir(parents=True)
    two_headed_model().save(paths.model(KEY) / "model.keras")
    write_record(TRAINING, training_record(loss=LOSSES))
    write_text(paths.history(KEY), "epoch,loss\n1,2.0\n2,1.0\n3,1.0\n")
    write_params(headline="kind.accuracy", baselines=None, threshold=0.3)
    run(KEY)
    record = read_record(EvaluationRecord, paths.evaluation(KEY), "evaluate", KEY)
    assert {name: set(targets) for name, targets in record.baselines.items()} == {
        "majority": {"kind"},
        "shuffled": {"kind"},
        "linear": {"y"},
        "logistic": {"kind"},
        "gradient_boosting": {"kind", "y"},
    }
    assert json.loads(paths.metrics(KEY).read_text()) == record.metrics
    assert (record.thresholds["kind"].value, record.metrics["kind"]["accuracy"]) == (0.3, 0.5)
    settings = read_record(OutputSettings, paths.predictions(KEY) / OUTPUT_SETTINGS_FILE, "evaluate", KEY)
    assert settings == OutputSettings(thresholds=record.thresholds)
    accuracies = [targets["kind"]["accuracy"] for targets in record.baselines.values() if "kind" in targets]
    assert (record.headline.target, record.best_baseline.value) == ("kind", max(accuracies))
    header = (paths.predictions(KEY) / "predictions.csv").read_text().splitlines()[0]
    assert header == "row,kind_truth,kind_predicted,kind_probability,size_truth,size_predicted"


def write_forecasts(units: int, **training: Any) -> ProcessedData:
    """A model whose outputs are 0.5 for the median and 1 more for each quantile above it.

    The target is relative to the last known value, and the series rises by 1 in each row, with noise.
    """
    rows = np.arange(120) + np.random.default_rng(0).normal(scale=0.1, size=120)
    split = {"validation": 30, "test": 30, "order": "chronological"}
    window = {"length": 4, "horizon": 2, "steps": "all"}
    data = forecasts({"a": rows}, window, split, target_steps=[{"step": "relative_to_last"}])
    write_processed(data, paths.processed_data(KEY))
    model = keras.Sequential(
        [
            keras.layers.Input((4, 1), name="x"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(units, name="y"),
        ],
        name="model",
    )
    blocks = np.repeat(np.arange(units // 2) - (units // 2 - 1) / 2, 2) + 1.5
    model.layers[-1].set_weights([np.zeros((4, units)), blocks])
    paths.model(KEY).mkdir(parents=True)
    model.save(paths.model(KEY) / "model.keras")
    write_record(TRAINING, training_record(**training))
    write_text(paths.history(KEY), "epoch,loss\n1,2.0\n2,1.0\n3,1.0\n")
    write_params(headline="mase", baselines=None, fitted_baselines=[])
    return data


@pytest.mark.parametrize(
    ("units", "training", "method"),
    [
        (2, {"loss": {"y": "mean_squared_error"}}, "conformal"),
        (6, {"loss": {"y": "pinball"}, "quantiles": [0.1, 0.5, 0.9]}, "conformal_quantiles"),
    ],
)
def test_forecasts_with_intervals(units: int, training: dict[str, Any], method: str) -> None:
    """The forecasts are 1.5 more than the last known value: the errors are 0.5 and -0.5 and noise."""
    data = write_forecasts(units, **training)
    run(KEY)
    record = read_record(EvaluationRecord, paths.evaluation(KEY), "evaluate", KEY)
    assert set(record.baselines) == {"persistence", "drift", "theta", "linear"}
    assert {"mase", "smape"} <= set(record.metrics["y"]) & set(record.baselines["drift"]["y"])
    assert set(record.versions) == {"statsmodels"}
    forecast = record.forecasts["y"]
    assert forecast.baseline == record.best_baseline.name
    assert [step.step for step in forecast.steps] == [1, 2]
    assert forecast.steps[0].metrics["mae"] == pytest.approx(0.5, abs=0.05)
    assert forecast.interval is not None
    assert (forecast.interval.method, forecast.interval.calibration_rows) == (method, 29)
    assert 0.6 <= forecast.interval.coverage <= 1
    of_interval = {"coverage": forecast.interval.coverage, "interval_score": forecast.interval.interval_score}
    assert json.loads(paths.metrics(KEY).read_text()) == record.metrics["y"] | of_interval
    assert (forecast.diebold_mariano is not None, forecast.direction is not None) == (True, True)
    lines = (paths.predictions(KEY) / "predictions.csv").read_text().splitlines()
    assert lines[0] == "row,step,a_truth,a_predicted,a_lower,a_upper"
    assert len(lines) == 1 + 2 * data.sample_count("test")
    truth, predicted, lower, upper = np.array([line.split(",")[2:] for line in lines[1:]], np.float64).T
    assert ((lower < upper) & (np.abs(predicted - truth) < 1)).all()
    settings = read_record(OutputSettings, paths.predictions(KEY) / OUTPUT_SETTINGS_FILE, "evaluate", KEY)
    assert settings.quantiles == ({"y": training["quantiles"]} if "quantiles" in training else {})
    assert (settings.intervals["y"].method, settings.intervals["y"].recent_rows) == (method, 20)
    assert np.mean((lower <= truth) & (truth <= upper)) == pytest.approx(forecast.interval.coverage, abs=1e-5)


def test_a_threshold_for_three_classes() -> None:
    write_processed(classes({"train": [0, 1, 2], "test": [1, 0]}), paths.processed_data(KEY))
    write_record(TRAINING, training_record())
    write_text(paths.history(KEY), "epoch,loss\n1,2.0\n2,1.0\n3,1.0\n")
    write_params(threshold=0.3)
    assert error_message().startswith("evaluate.threshold: 0.3 is for a target with two classes")
