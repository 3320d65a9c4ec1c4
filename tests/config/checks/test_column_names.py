"""Names in preprocess that the columns of validate do not have; corpus: tests/config/wrong_edits/preprocess.yaml."""

from pathlib import Path

from stages.config.check_parameters import check_parameters
from stages.config.checks.column_names import column_name_errors
from stages.config.compose_conf import compose
from stages.core.columns.column_params import IgnoreParams, NumberParams, PictureParams
from stages.download.params.file_params import File
from stages.preprocess.params import Preprocess


def test_all_names_of_a_dataset_are_reported_with_their_keys(conf: Path) -> None:
    suite = check_parameters(compose(conf), conf)
    assert column_name_errors(suite) == []
    iris = suite.datasets["iris"]
    preprocess = iris.preprocess.model_copy(update={"targets": "a", "inputs": ["b"], "labels": {"c": "one_hot"}})
    wrong = suite.model_copy(update={"datasets": {"iris": iris.model_copy(update={"preprocess": preprocess})}})
    keys = [error.keys[3:] for error in column_name_errors(wrong)]
    assert keys == [("labels", "c"), ("inputs",), ("targets",)]


def test_without_columns_nothing_is_known(conf: Path) -> None:
    """Images and texts have none, and a table need not name them."""
    suite = check_parameters(compose(conf), conf)
    sequence = suite.datasets["sequence"]
    validate = sequence.validate_.model_copy(update={"columns": None, "expectations": []})
    unnamed = suite.model_copy(update={"datasets": {"a": sequence.model_copy(update={"validate_": validate})}})
    assert column_name_errors(unnamed) == []


def test_a_column_of_pictures_has_no_other_kind_and_is_no_target(conf: Path) -> None:
    suite = check_parameters(compose(conf), conf)
    iris = suite.datasets["iris"]
    columns = {
        "photo": NumberParams(kind="number"),
        "front": PictureParams(kind="picture"),
        "back": IgnoreParams(kind="ignore"),
        "side": PictureParams(kind="picture"),
    }
    preprocess = iris.preprocess.model_copy(update={"columns": columns, "targets": ["front", "species"]})
    validate = iris.validate_.model_copy(update={"columns": None})
    column = {"files": {"path": "photos", "sha256": "0" * 64}, "size": [8, 8]}
    download = File.model_validate(
        {
            "source": "file",
            "format": {"format": "csv"},
            "files": {"all": {"path": "a.csv", "sha256": "0" * 64}},
            "pictures": {"picture of the front": column, "photo": column, "back": column},
            "rename": {"picture of the front": "front"},
        }
    )
    changes = {"download": download, "preprocess": preprocess, "validate_": validate}
    wrong = suite.model_copy(update={"datasets": {"iris": iris.model_copy(update=changes)}})
    keys = [error.keys[3:] for error in column_name_errors(wrong)]
    assert keys == [("columns", "photo"), ("columns", "side"), ("targets",)]


def test_columns_of_resample_have_the_names_after_rename(conf: Path) -> None:
    suite = check_parameters(compose(conf), conf)
    sequence = suite.datasets["sequence"]
    download = File.model_validate(
        {
            "source": "file",
            "format": {"format": "csv"},
            "files": {"all": {"path": "a.csv", "sha256": "0" * 64}},
            "kind": "series",
            "time": "date",
            "rename": {"Close": "close"},
            "resample": {"every": "1B", "how": {"Close": "last", "open": "first", "Open": "last"}},
        }
    )
    validate = sequence.validate_.model_copy(update={"columns": ["date", "close", "open", "value"], "expectations": []})
    wrong = suite.model_copy(
        update={"datasets": {"s": sequence.model_copy(update={"download": download, "validate_": validate})}}
    )
    assert [error.keys[2:] for error in column_name_errors(wrong)] == [("download", "resample", "how", "Open")]


def test_columns_of_steps(conf: Path) -> None:
    """The columns that a step adds are known to the steps after it."""
    suite = check_parameters(compose(conf), conf)
    dataset = suite.datasets["sequence"]
    validate = dataset.validate_.model_copy(update={"columns": ["close"], "expectations": []})
    steps = [
        {"step": "log", "columns": ["clsoe", "close_lag_7"]},
        {"step": "lags", "rows": [7], "columns": ["close"]},
        {"step": "standard", "columns": ["close_lag_7", "close_lag_8"]},
    ]
    changed = Preprocess.model_validate(
        {"split": {"order": "chronological"}, "window": {"length": 3}, "steps": steps, "target_steps": steps[:1]}
    )
    changes = {"preprocess": changed, "validate_": validate}
    wrong = suite.model_copy(update={"datasets": {"a": dataset.model_copy(update=changes)}})
    keys = [error.keys[3:] for error in column_name_errors(wrong)]
    assert keys == [("steps", 0, "columns")] * 2 + [("steps", 2, "columns")] + [("target_steps", 0, "columns")] * 2
