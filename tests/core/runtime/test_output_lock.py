"""Two that would write the same outputs, and what a killed one left."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.runtime import output_lock as owning
from stages.core.runtime.output_lock import LOCK_FOLDER, lock_outputs

ROOT = Path(__file__).parents[3]
OUTPUTS = [Path("models/iris"), Path("history/iris.csv")]
MAKER = """
from pathlib import Path
from stages.core.runtime.output_lock import lock_outputs
from stages.core.runtime.atomic_write import atomic_folder
outputs = [Path("models/iris"), Path("history/iris.csv")]
with lock_outputs("train@iris", outputs), atomic_folder(Path("models/iris")) as folder:
    (folder / "half").write_text("x")
    print("at work", flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(owning, "LOCK_TIMEOUT", 0.1)
    return tmp_path


@pytest.fixture
def maker():
    process = subprocess.Popen(
        [sys.executable, "-c", MAKER], env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "at work\n"
    yield process
    process.kill()
    process.communicate()


def test_who_is_at_work_is_named_and_how_to_end_it(maker: subprocess.Popen[str]) -> None:
    with pytest.raises(UserError) as caught, lock_outputs("train@iris", OUTPUTS):
        pass
    assert str(caught.value) == (
        f"models/iris, history/iris.csv: process {maker.pid} is making this; wait until it has ended, or "
        f"`kill {maker.pid}`, and run it again"
    )


def test_another_stage_is_in_nobodys_way(maker: subprocess.Popen[str]) -> None:
    with lock_outputs("train@wine", [Path("models/wine")]):
        pass


def test_it_waits_for_one_that_is_about_to_end(maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owning, "LOCK_TIMEOUT", 60.0)
    monkeypatch.setattr(owning.time, "sleep", lambda _: maker.kill())
    with lock_outputs("train@iris", OUTPUTS):
        pass


def test_what_a_killed_one_left_is_told_and_cleared_away(maker, capsys: pytest.CaptureFixture[str]) -> None:
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    assert Path("models/iris.incomplete/half").exists()
    with lock_outputs("train@iris", OUTPUTS):
        assert not Path("models/iris.incomplete").exists()
    assert capsys.readouterr().err == (
        f"restage: train@iris: process {maker.pid} was killed while it made models/iris, history/iris.csv; "
        "cleared away: models/iris.incomplete\n"
    )
    with lock_outputs("train@iris", OUTPUTS):
        pass
    assert capsys.readouterr().err == ""


def test_while_it_works_a_note_says_what_is_in_the_making() -> None:
    with lock_outputs("train@iris", OUTPUTS):
        note = json.loads((LOCK_FOLDER / "train@iris").read_text())
    assert note == {"pid": os.getpid(), "outputs": ["models/iris", "history/iris.csv"]}
    assert (LOCK_FOLDER / "train@iris").read_text() == ""


@pytest.mark.parametrize("content", ["", '{"pid": 1'])
def test_half_a_note_is_none(content: str, capsys: pytest.CaptureFixture[str]) -> None:
    LOCK_FOLDER.mkdir(parents=True)
    (LOCK_FOLDER / "train@iris").write_text(content)
    with lock_outputs("train@iris", OUTPUTS):
        pass
    assert capsys.readouterr().err == ""


def test_an_end_of_any_kind_frees_it() -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), lock_outputs("train@iris", OUTPUTS):
            raise KeyboardInterrupt
