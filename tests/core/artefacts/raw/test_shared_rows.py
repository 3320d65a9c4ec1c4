from pathlib import Path

import numpy as np

from stages.core.artefacts.processed import merge_splits, read_processed, write_processed
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.core.artefacts.damage import contents
from tests.core.artefacts.example_pictures import table_with_pictures

DATA = preprocess(
    table_with_pictures(), Preprocess.model_validate({"targets": "price", "split": {"test": 0.3, "validation": 0.2}})
)


def test_rows_are_taken_by_a_slice_or_by_numbers() -> None:
    rows = SharedRows(np.array([[5], [7], [9]]), np.array([2, 0, 0, 1], np.int32))
    assert len(rows) == 4
    assert rows[1:3].to_array().tolist() == [[5], [5]]
    assert rows[np.array([3, 0])].to_array().tolist() == [[7], [9]]


def test_they_come_back_as_they_were_and_memory_mapped(tmp_path: Path) -> None:
    write_processed(DATA, tmp_path / "houses")
    back = read_processed(tmp_path / "houses")
    for split in DATA.splits:
        stored = back.splits[split].inputs["photo"]
        assert isinstance(stored, SharedRows)
        assert isinstance(stored.values, np.memmap)
        np.testing.assert_array_equal(back.inputs(split)["photo"], DATA.inputs(split)["photo"], strict=True)
    write_processed(back, tmp_path / "again")
    assert contents(tmp_path / "again" / "test") == contents(tmp_path / "houses" / "test")


def test_the_rows_of_two_splits_are_joined() -> None:
    merged = merge_splits(DATA, "train", "validation")
    expected = np.concatenate([DATA.inputs(split)["photo"] for split in ("train", "validation")])
    np.testing.assert_array_equal(merged.inputs("train")["photo"], expected)
