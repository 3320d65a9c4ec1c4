"""The folder of the sockets, which a killed `restage run` leaves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stages.cli.run.preloading import PARENT, socket_folder

ROOT = Path(__file__).parents[3]
USER = """
from stages.cli.run.preloading import socket_folder
with socket_folder() as folder:
    print(folder, flush=True)
    input()
"""


def test_the_folder_of_a_killed_process_is_removed_and_that_of_a_running_one_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", USER], env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    used = Path(process.stdout.readline().strip())
    with socket_folder() as own:
        assert not own.is_absolute()
        assert sorted(PARENT.iterdir()) == sorted([used, own])
    process.kill()
    process.communicate()
    assert list(PARENT.iterdir()) == [used]
    with socket_folder() as own:
        assert list(PARENT.iterdir()) == [own]
    assert list(PARENT.iterdir()) == []
