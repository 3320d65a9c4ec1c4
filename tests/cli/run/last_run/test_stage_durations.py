"""Durations are a hint: if the file is missing or damaged, none is known."""

from pathlib import Path

import pytest

from stages.cli.run.last_run.stage_durations import read_durations, save_durations


def test_the_latest_duration_of_each_stage_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "seconds.json"
    save_durations({"train@iris": 2.0, "report@iris": 1.0}, file)
    save_durations({"train@iris": 3.456}, file)
    assert read_durations(file) == {"train@iris": 3.46, "report@iris": 1.0}


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"train@iris": "soon"}'])
def test_a_damaged_file_is_ignored(content: str, tmp_path: Path) -> None:
    file = tmp_path / "seconds.json"
    file.write_text(content)
    assert read_durations(file) == {}
