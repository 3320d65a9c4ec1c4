import subprocess
import sys
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.run_stage.stage import in_experiment, run_stage
from stages.core.run_stage.stage_outputs import StageOutputs

STAGE = """
from stages.core.errors import UserError
from stages.core.run_stage.stage import run_stage

def run(key, outputs):
    raise UserError(f"no {key}")

run_stage("example", run)
"""


@pytest.fixture(autouse=True)
def no_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_STAGE", raising=False)


def write_page(key: str, outputs: StageOutputs) -> None:
    outputs.write_text(Path(f"{key}.html"), "page")


def raise_user_error(key: str, outputs: StageOutputs) -> None:
    outputs.write_text(Path(f"{key}.html"), "page")
    raise UserError("data/raw/iris: not found; run x", "column b: missing")


def raise_bug(key: str, outputs: StageOutputs) -> None:
    raise ZeroDivisionError("a bug")


def test_a_stage_writes_its_outputs() -> None:
    run_stage("report", write_page, ["iris"])
    assert [path.name for path in Path().iterdir()] == ["iris.html"]


def test_user_errors_are_printed_one_a_line_and_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run_stage("report", raise_user_error, ["iris"])
    assert caught.value.code == 1
    assert capsys.readouterr().err.splitlines() == [
        "restage: report@iris: data/raw/iris: not found; run x",
        "restage: report@iris: column b: missing",
    ]
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("argv", [["iris", "--debug"], ["--debug", "iris"]])
def test_debug_keeps_the_traceback_of_a_user_error(argv: list[str]) -> None:
    with pytest.raises(UserError):
        run_stage("report", raise_user_error, argv)


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run_stage("report", raise_bug, ["iris"])


@pytest.mark.parametrize("key", ["s&p.500", "../x", "Iris", ""])
def test_an_invalid_key_runs_nothing(capsys: pytest.CaptureFixture[str], key: str) -> None:
    with pytest.raises(SystemExit):
        run_stage("report", write_page, [key])
    assert repr(key) in capsys.readouterr().err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("argv", [[], ["iris", "wine"]])
def test_a_stage_needs_exactly_one_dataset(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    with pytest.raises(SystemExit):
        run_stage("report", write_page, argv)
    assert "usage: python3 -m stages.report DATASET [--debug]" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_an_experiment_is_recognised_by_dvcs_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DVC_EXP_NAME", raising=False)
    assert not in_experiment()
    monkeypatch.setenv("DVC_EXP_NAME", "quick-frog")
    assert in_experiment()


def test_a_process_prints_only_the_message() -> None:
    done = subprocess.run([sys.executable, "-c", STAGE, "iris"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "restage: example@iris: no iris\n")
