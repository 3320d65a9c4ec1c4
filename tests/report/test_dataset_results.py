from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.records.evaluation import PredictionDetails
from stages.core.artefacts.records.record import write_record
from stages.core.errors import UserError
from stages.report.dataset_results import read_predictions
from tests.report.example_records import classes_detail


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The predictions of two rows, without the table."""
    details = PredictionDetails(split="test", targets={"k": classes_detail(["a", "b"], [[1, 0], [0, 1]])})
    write_record(tmp_path / "details.json", details)
    np.save(tmp_path / "probabilities.k.npy", np.zeros((2, 2), np.float32))
    return tmp_path


def error_message(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_predictions(folder, "iris")
    return str(caught.value)


def test_predictions_are_read(folder: Path) -> None:
    (folder / "predictions.csv").write_text("row,k_truth\n4,a\n7,b\n")
    predictions = read_predictions(folder, "iris")
    assert (predictions.rows, predictions.columns) == ([4, 7], {"k_truth": ["a", "b"]})


@pytest.mark.parametrize("name", ["details.json", "predictions.csv", "probabilities.k.npy"])
def test_a_missing_file_is_reported_with_the_command(folder: Path, name: str) -> None:
    (folder / "predictions.csv").write_text("row,k_truth\n4,a\n7,b\n")
    (folder / name).unlink()
    message = error_message(folder)
    assert str(folder / name) in message
    assert "`dvc repro evaluate@iris`" in message


@pytest.mark.parametrize("table", ["row,k_truth\n4,a\n7,b", "row,k_tru", "row,k_truth\n4,a\n"])
def test_a_truncated_table_is_reported_with_the_command(folder: Path, table: str) -> None:
    """The last one is a valid table, but has fewer rows than there are probabilities."""
    (folder / "predictions.csv").write_text(table)
    message = error_message(folder)
    assert f"{folder}/predictions.csv: damaged (" in message
    assert "`dvc repro --force evaluate@iris`" in message


@pytest.mark.parametrize("content", ["{", "[]", "", '{"split": "test"}'])
def test_damaged_details_are_reported_with_the_command(folder: Path, content: str) -> None:
    (folder / "details.json").write_text(content)
    message = error_message(folder)
    assert f"{folder}/details.json: damaged (" in message
    assert "`dvc repro --force evaluate@iris`" in message
