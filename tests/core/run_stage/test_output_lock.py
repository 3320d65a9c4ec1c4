"""Two processes that would write the same outputs, and what a killed process left."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.run_stage import output_lock
from stages.core.run_stage.output_lock import LOCK_FOLDER, lock_outputs, remove_outputs_of_killed_stages

ROOT = Path(__file__).parents[3]
OUTPUTS = [Path("models/iris"), Path("history/iris.csv")]
LOCK_FILE = LOCK_FOLDER / "train@iris"
WRITER = """
from pathlib import Path
from stages.core.run_stage.output_lock import lock_outputs
from stages.core.run_stage.stage_outputs import StageOutputs
paths = [Path("models/iris"), Path("history/iris.csv")]
with lock_outputs("train@iris", paths), StageOutputs().folder(Path("models/iris")) as folder:
    (folder / "weights").write_text("x")
    print("writing", flush=True)
    input()
"""
Process = subprocess.Popen[str]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(output_lock, "LOCK_TIMEOUT", 0.1)


@pytest.fixture
def writer() -> Iterator[Process]:
    """A process that holds the lock and has written a part of its outputs."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER], env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "writing\n"
    yield process
    process.kill()
    process.communicate()


def test_the_message_names_outputs_and_process(writer: Process) -> None:
    with pytest.raises(UserError) as caught, lock_outputs("train@iris", OUTPUTS):
        pass
    facts = ("models/iris, history/iris.csv", f"process {writer.pid}", f"`kill {writer.pid}`")
    assert all(fact in str(caught.value) for fact in facts)


def test_another_stage_is_not_blocked(writer: Process) -> None:
    with lock_outputs("train@wine", [Path("models/wine")]):
        pass


def test_it_waits_for_a_process_that_is_ending(writer: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_lock, "LOCK_TIMEOUT", 60.0)
    monkeypatch.setattr("time.sleep", lambda _: writer.kill())
    with lock_outputs("train@iris", OUTPUTS):
        pass


def test_incomplete_outputs_of_a_killed_process_are_removed(
    writer: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert Path("models/iris.incomplete/weights").exists()
    with lock_outputs("train@iris", OUTPUTS):
        assert not Path("models/iris.incomplete").exists()
    message = capsys.readouterr().err
    facts = ("restage: train@iris: ", f"process {writer.pid} was killed", "removed models/iris.incomplete")
    assert all(fact in message for fact in facts)
    with lock_outputs("train@iris", OUTPUTS):
        pass
    assert capsys.readouterr().err == ""


def test_incomplete_outputs_are_removed_also_if_the_stage_does_not_run_again(writer: Process) -> None:
    assert remove_outputs_of_killed_stages() == []
    assert Path("models/iris.incomplete/weights").exists(), "the process is running"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert remove_outputs_of_killed_stages() == [Path("models/iris.incomplete")]
    assert not Path("models/iris.incomplete").exists()
    assert LOCK_FILE.read_text() == ""
    assert remove_outputs_of_killed_stages() == []


def test_the_lock_file_names_process_and_outputs_while_the_lock_is_held() -> None:
    with lock_outputs("train@iris", OUTPUTS):
        content = json.loads(LOCK_FILE.read_text())
    assert content == {"pid": os.getpid(), "outputs": ["models/iris", "history/iris.csv"]}
    assert LOCK_FILE.read_text() == ""


@pytest.mark.parametrize("content", ["", '{"pid": 1'])
def test_an_incomplete_lock_file_is_ignored(content: str, capsys: pytest.CaptureFixture[str]) -> None:
    LOCK_FOLDER.mkdir(parents=True)
    LOCK_FILE.write_text(content)
    with lock_outputs("train@iris", OUTPUTS):
        pass
    assert capsys.readouterr().err == ""


def test_an_exception_releases_the_lock() -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), lock_outputs("train@iris", OUTPUTS):
            raise KeyboardInterrupt


@pytest.mark.error_case("errors of disk and files handled")
def test_a_full_disk_is_a_message() -> None:
    """No file may grow any more."""
    code = """
import resource
from pathlib import Path
from stages.core.errors import UserError
from stages.core.run_stage.output_lock import lock_outputs
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    with lock_outputs("train@iris", [Path("models/iris")]):
        print("locked")
except UserError as error:
    print(error)
"""
    command, env = [sys.executable, "-c", code], os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{LOCK_FILE}: cannot be written (")
