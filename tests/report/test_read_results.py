import numpy as np
import pytest

from stages.core.errors import UserError
from stages.report.read_results import read_history, read_predictions, read_record


def test_a_missing_file_names_the_stage_that_writes_it(tmp_path):
    with pytest.raises(UserError, match=r"m\.json: not here; run `dvc repro evaluate@iris`"):
        read_record(tmp_path / "m.json", "evaluate", "iris")


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_damaged_record_is_told(tmp_path, content):
    (tmp_path / "m.json").write_text(content)
    with pytest.raises(UserError, match="damaged"):
        read_record(tmp_path / "m.json", "evaluate", "iris")


@pytest.mark.parametrize("content", ["", "epoch,loss\n1\n", "epoch,loss\n1,much\n", "epoch,loss\n1,0.5\n2,0"])
def test_a_damaged_history_is_told(tmp_path, content):
    (tmp_path / "h.csv").write_text(content)
    with pytest.raises(UserError, match="damaged"):
        read_history(tmp_path / "h.csv", "iris")


def test_a_history_is_columns_of_numbers(tmp_path):
    (tmp_path / "h.csv").write_text("epoch,loss\n1,0.5\n2,nan\n")
    history = read_history(tmp_path / "h.csv", "iris")
    assert history["epoch"] == [1.0, 2.0]
    assert history["loss"][0] == 0.5


def test_predictions_without_their_table_are_told(tmp_path):
    (tmp_path / "details.json").write_text('{"split": "test", "targets": {}}')
    with pytest.raises(UserError, match=r"predictions\.csv: not here"):
        read_predictions(tmp_path, "iris")


@pytest.mark.parametrize("table", ["row,k_truth\n4,a\n7,b", "row,k_tru", "row,k_truth\n4,a\n"])
def test_predictions_that_were_cut_short_are_told(tmp_path, table):
    """Some of them still are a table, and a page was made of it."""
    (tmp_path / "details.json").write_text('{"split": "test", "targets": {"k": {"kind": "classes"}}}')
    np.save(tmp_path / "probabilities.k.npy", np.zeros((2, 2), np.float32))
    (tmp_path / "predictions.csv").write_text(table)
    with pytest.raises(UserError, match=r"predictions\.csv: damaged .* run `dvc repro --force evaluate@iris`"):
        read_predictions(tmp_path, "iris")
    (tmp_path / "predictions.csv").write_text("row,k_truth\n4,a\n7,b\n")
    assert read_predictions(tmp_path, "iris").rows == [4, 7]
