from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.records.evaluation import PredictionDetails
from stages.core.artefacts.records.record import write_record
from stages.core.errors import UserError
from stages.report.recorded.read_predictions import read_predictions
from tests.report.example_records import classes_detail


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The predictions of two rows, in a folder without dvc.lock, which takes long to read."""
    monkeypatch.chdir(tmp_path)
    details = PredictionDetails(split="test", targets={"k": classes_detail(["a", "b"], [[1, 0], [0, 1]])})
    write_record(tmp_path / "details.json", details)
    np.save(tmp_path / "probabilities.k.npy", np.zeros((2, 2), np.float32))
    (tmp_path / "predictions.csv").write_text("row,k_truth\n4,a\n7,b\n")
    return tmp_path


def test_predictions_are_read(folder: Path) -> None:
    predictions = read_predictions(folder, "iris")
    assert (predictions.rows.tolist(), predictions.values) == ([4, 7], {})
    assert {name: list(column) for name, column in predictions.classes.items()} == {"k_truth": ["a", "b"]}


def test_with_several_steps_ahead_a_sample_has_a_line_for_each(folder: Path) -> None:
    """There are two samples, as there are two rows of probabilities."""
    (folder / "predictions.csv").write_text("row,step,k_truth\n4,1,a\n5,2,b\n5,1,b\n6,2,a\n")
    predictions = read_predictions(folder, "iris")
    assert (predictions.samples, predictions.steps.tolist()) == (2, [1, 2, 1, 2])
    last = predictions.of_last_step()
    assert (last.samples, last.rows.tolist(), list(last.classes["k_truth"])) == (2, [5, 6], ["b", "a"])


@pytest.mark.parametrize("name", ["details.json", "predictions.csv", "probabilities.k.npy"])
def test_a_missing_file_is_reported_with_the_command(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(UserError) as caught:
        read_predictions(folder, "iris")
    assert str(caught.value) == f"{folder / name}: not found; run `dvc repro evaluate@iris`"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("predictions.csv", "row,k_truth\n4,a\n7,b"),
        ("predictions.csv", "row,k_tru"),
        # A valid table with fewer rows than there are probabilities.
        ("predictions.csv", "row,k_truth\n4,a\n"),
        ("predictions.csv", "row,step,k_truth\n4,1,a\n4,2,a\n"),
        ("predictions.csv", "row,step,k_truth\n4,one,a\n4,2,a\n"),
        ("details.json", "{"),
        ("details.json", "[]"),
        ("details.json", ""),
        ("details.json", '{"split": "test"}'),
    ],
)
def test_a_damaged_file_is_reported_with_the_command(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(UserError) as caught:
        read_predictions(folder, "iris")
    assert f"{folder / name}: damaged (" in str(caught.value)
    assert "`dvc repro --force evaluate@iris`" in str(caught.value)
