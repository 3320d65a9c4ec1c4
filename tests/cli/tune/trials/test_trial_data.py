"""Processed data of a table of several blocks, in files that processes share."""

from pathlib import Path

import numpy as np
import pytest

from stages.cli.tune.trials import processed_folders
from stages.cli.tune.trials.processed_folders import INCOMPLETE, LOCK
from stages.cli.tune.trials.trial_data import TrialData
from stages.cli.tune.trials.trial_params import preprocess_params
from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from tests.preprocess.large_table.example_table import EVERY_KIND, example_frame, stored_table, written_files

SECTION = EVERY_KIND | {"split": {"test": 0.2, "validation": 0.2}}


@pytest.fixture(name="raw", scope="module")
def _raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("raw") / "example"
    stored_table(raw, {"all": example_frame()})
    return raw


def steps(*names: str) -> dict[str, object]:
    return SECTION | {"steps": [{"step": name} for name in names]}


def folders(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != LOCK}


def first_array(processed: ProcessedData) -> np.ndarray:
    array = processed.splits[TRAIN].inputs["numbers"]
    assert isinstance(array, np.ndarray)
    return array


def test_they_are_what_the_stage_writes_and_memory_mapped(raw: Path, tmp_path: Path) -> None:
    processed = TrialData(raw, tmp_path / "kept").processed(steps("standard"))
    assert isinstance(first_array(processed), np.memmap)
    table = stored_table(tmp_path / "raw", {"all": example_frame()})
    preprocess_large_table(table, preprocess_params(steps("standard")), tmp_path / "expected")
    [folder] = folders(tmp_path / "kept")
    assert written_files(tmp_path / "kept" / folder / "example") == written_files(tmp_path / "expected")


def test_another_process_reads_what_the_first_wrote(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = TrialData(raw, tmp_path).processed(steps("standard"))
    monkeypatch.setattr("stages.cli.tune.trials.trial_data.preprocess_large_table", None)
    again = TrialData(raw, tmp_path).processed(steps("standard"))
    np.testing.assert_array_equal(first_array(first), first_array(again))


def test_what_was_used_longest_ago_is_removed_and_stays_readable(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processed_folders, "MAX_FOLDERS", 2)
    (tmp_path / f"left{INCOMPLETE}").mkdir()
    data = TrialData(raw, tmp_path)
    first = data.processed(steps("standard"))
    values = first_array(first).copy()
    [name] = folders(tmp_path)
    data.processed(steps("minmax"))
    data.processed(steps("robust"))
    assert len(folders(tmp_path)) == 2
    assert name not in folders(tmp_path)
    np.testing.assert_array_equal(first_array(first), values)
