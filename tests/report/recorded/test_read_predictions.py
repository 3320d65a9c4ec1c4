import csv
from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.records.evaluation import PredictionDetails, ValuesDetail
from stages.report.recorded.read_predictions import read_large_table, read_small_table, read_table
from stages.report.recorded.recorded_predictions import Predictions, is_periodic, lines_of_step
from tests.report.example_records import classes_detail

NAMES = ["plain", 'with "quotes", and comma', "two\nlines", "NA", "1"]
CLASSES = classes_detail(NAMES, np.zeros((5, 5), int).tolist())
DETAILS = PredictionDetails(split="test", targets={"k": CLASSES, "v": ValuesDetail(columns=["v"])})


def write(path: Path, header: str, rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header.split(","), *rows])
    return path


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    random = np.random.default_rng(0)
    values = (random.standard_normal(200) * 10.0 ** random.integers(-9, 9, 200)).tolist()
    rows: list[list[object]] = []
    for row, (name, share, value) in enumerate(zip(NAMES * 40, random.random(200).tolist(), values, strict=True)):
        bound = "" if row % 4 else 1e-300 * value
        rows += [[row, step, name, NAMES[-1 - row % 5], share, value, -value / 3, bound] for step in (1, 2)]
    header = "row,step,k_truth,k_predicted,k_probability,v_truth,v_predicted,v_lower"
    return write(tmp_path / "predictions.csv", header, rows)


def as_lists(predictions: Predictions) -> tuple[object, ...]:
    values = {name: column.tobytes() for name, column in predictions.values.items()}
    classes = {name: list(column) for name, column in predictions.classes.items()}
    return predictions.split, predictions.rows.tolist(), predictions.steps.tolist(), values, classes


def test_a_large_table_is_read_as_a_small_one(table: Path) -> None:
    small, large = read_small_table(table, DETAILS), read_large_table(table, DETAILS)
    assert as_lists(small) == as_lists(large)
    assert list(small.classes["k_truth"][:10:2]) == NAMES
    assert np.isnan(small.values["v_lower"]).sum() == 300


def test_columns_of_a_large_table_are_in_files_that_are_gone_with_the_process(table: Path) -> None:
    large = read_table(table, DETAILS, large_file=1)
    assert isinstance(large.rows, np.memmap)
    assert isinstance(large.values["v_truth"], np.memmap)
    assert isinstance(large.classes["k_truth"].numbers, np.memmap)
    assert not any((table.parent / "data").iterdir())
    assert not isinstance(read_table(table, DETAILS).rows, np.memmap)


@pytest.mark.parametrize(
    "text",
    [
        "row,v_truth\n4,1.5\n7,2.5",
        "row,v_truth\n4,1.5\n7,abc\n",
        "row,v_truth\n4,1.5\n7\n",
        "row,k_truth\n4,unknown\n",
        "v_truth\n1.5\n",
    ],
)
def test_a_damaged_table_is_refused_by_both(table: Path, text: str) -> None:
    table.write_text(text)
    for read in (read_small_table, read_large_table):
        with pytest.raises((ValueError, KeyError, IndexError)):
            read(table, DETAILS)


def test_the_lines_of_a_step() -> None:
    regular = np.tile([1, 2, 3], 5)
    assert is_periodic(regular, 3)
    assert lines_of_step(regular, 3) == slice(2, None, 3)
    irregular = np.array([1, 2, 3, 1, 3, 2])
    assert np.asarray(lines_of_step(irregular, 2)).tolist() == [1, 5]
