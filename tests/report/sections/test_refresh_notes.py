"""The sentence about new test rows: only for the data, the split and the dataset that a refresh pinned."""

from pathlib import Path

import pytest

from stages.core import paths
from stages.core.artefacts.records.refreshed import RefreshRecord, RowChanges, refresh_record_text
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json, write_text
from stages.report.dataset_page import page
from stages.report.dataset_results import read_current_refresh, read_dataset_results
from stages.report.sections.refresh_notes import refresh_notes
from tests.report.example_datasets import flowers, write_example

ROWS = RowChanges(before=4, now=5, same=3, changed=0, gone=1, added=2)
SPLIT = {"test": 0.5}
RECORD = RefreshRecord(hashes=["a" * 64, "b" * 64], split=SPLIT, rows=ROWS, splits={"test": ROWS})


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_text(paths.refresh_record_copy("mine"), refresh_record_text(RECORD))


def write_params(hashes: list[str], split: dict[str, float]) -> None:
    files = {str(n): {"sha256": digest} for n, digest in enumerate(hashes)}
    write_json(paths.dataset_params("mine"), {"download": {"files": files}, "preprocess": {"split": split}})


def test_a_record_of_the_present_data() -> None:
    write_params([*RECORD.hashes], SPLIT)
    assert read_current_refresh("mine") == RECORD
    [note] = refresh_notes(RECORD)
    assert "5 test rows, of which 3 are as before, 2 new" in note


@pytest.mark.parametrize(("hashes", "split"), [(["a" * 64, "c" * 64], SPLIT), (RECORD.hashes, {"test": 0.25})])
def test_a_record_of_other_data_or_another_split_is_not_used(hashes: list[str], split: dict[str, float]) -> None:
    write_params(hashes, split)
    assert read_current_refresh("mine") is None


def test_without_a_record_or_a_test_split_there_is_no_note() -> None:
    write_text(paths.refresh_record_copy("mine"), "{}\n")
    assert read_current_refresh("mine") is None
    assert list(refresh_notes(None)) == []
    assert list(refresh_notes(RECORD.model_copy(update={"splits": {"train": ROWS}}))) == []


def test_a_missing_or_damaged_copy() -> None:
    write_text(paths.refresh_record_copy("mine"), "{")
    with pytest.raises(UserError, match="`dvc repro --force guard`"):
        read_current_refresh("mine")
    paths.refresh_record_copy("mine").unlink()
    with pytest.raises(UserError, match="`dvc repro guard`"):
        read_current_refresh("mine")


def test_the_page_says_it() -> None:
    example = flowers()
    write_example(example)
    without = page(read_dataset_results("mine"))
    write_text(paths.refresh_record_copy("mine"), refresh_record_text(RECORD))
    params = {"report": {"title": "A title"}, "download": {"a": RECORD.hashes}, "preprocess": {"split": SPLIT}}
    write_json(paths.dataset_params("mine"), params)
    note = "5 test rows, of which 3 are as before, 2 new"
    assert note not in without
    assert note in page(read_dataset_results("mine"))
