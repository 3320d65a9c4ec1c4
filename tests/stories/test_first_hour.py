"""The commands of docs/start/first-hour.md do what the page says, from top to bottom."""

import re
import sys
from pathlib import Path

import pytest

from tests.stories.repo import ROOT, Repo, environment

PAGE = (ROOT / "docs/start/first-hour.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, re.MULTILINE)
# In a temporary repository the tests' own environment stands for the one that make creates.
REPLACED = {"make repro": "restage run", "source .venv/bin/activate": "true"}


@pytest.mark.long
def test_every_command_of_the_first_hour_succeeds(repo: Repo, tmp_path: Path) -> None:
    repo.edit("conf/suite/starter.yaml", "train: {epochs: 2, model: {units: [8]}}", "train: {model: {units: [8]}}")
    repo.restage("run")
    repo.commit("Iris with the epochs of its own file")
    folder = tmp_path / "bin"
    folder.mkdir()
    restage = folder / "restage"
    restage.write_text(f'#!/bin/sh\nexec {sys.executable} -m stages.cli "$@"\n')
    restage.chmod(0o755)
    path = f"{folder}:{environment()['PATH']}"
    output = {}
    for command in COMMANDS:
        output[command] = repo.run("bash", "-ec", REPLACED.get(command, command), env={"PATH": path}).stdout
    assert "nothing to run" in output["make repro"]
    assert "train@iris" in output["restage run"]
    assert "train.epochs 20 → 40" in output["restage compare"]
    assert "accuracy" in output["restage compare"]
    assert "16 same / 16 compared" in output["restage verify iris"]
    assert repo.git("status", "--porcelain") == ""
