"""The list of the stages that failed when they last ran."""

from pathlib import Path

import pytest

from stages.cli.run.last_run.failed_stages import read_failed_stages, save_failed_stages


def test_a_stage_that_finished_later_is_taken_out(tmp_path: Path) -> None:
    file = tmp_path / "failed.json"
    assert read_failed_stages(file) == set()
    save_failed_stages(["train@iris", "train@wine"], [], file)
    save_failed_stages(["validate@wine"], ["train@wine", "guard"], file)
    assert read_failed_stages(file) == {"train@iris", "validate@wine"}


def test_nothing_is_written_without_a_failure(tmp_path: Path) -> None:
    save_failed_stages([], ["guard"], tmp_path / "failed.json")
    assert not (tmp_path / "failed.json").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"stages": 1}'])
def test_a_damaged_file_is_ignored(content: str, tmp_path: Path) -> None:
    (tmp_path / "failed.json").write_text(content)
    assert read_failed_stages(tmp_path / "failed.json") == set()
