import subprocess
import sys
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.runtime.stage import in_experiment, main


def fine(key: str) -> None:
    print(f"ran {key}")


def mistaken(key: str) -> None:
    raise UserError("data/raw/iris: not here; run x", "column b: missing")


def buggy(key: str) -> None:
    raise ZeroDivisionError("a bug")


def test_a_stage_runs_for_its_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    main("train", fine, ["iris"])
    assert capsys.readouterr().out == "ran iris\n"


def test_mistakes_are_told_one_a_line_and_end_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main("train", mistaken, ["iris"])
    assert caught.value.code == 1
    assert capsys.readouterr().err.splitlines() == [
        "restage: train@iris: data/raw/iris: not here; run x",
        "restage: train@iris: column b: missing",
    ]


def test_debug_shows_where_a_mistake_was_found() -> None:
    with pytest.raises(UserError):
        main("train", mistaken, ["iris", "--debug"])
    with pytest.raises(UserError):
        main("train", mistaken, ["--debug", "iris"])


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError):
        main("train", buggy, ["iris"])


@pytest.mark.parametrize("key", ["s&p.500", "../x", "Iris", ""])
def test_a_bad_key_runs_nothing(capsys: pytest.CaptureFixture[str], key: str) -> None:
    with pytest.raises(SystemExit):
        main("train", fine, [key])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"restage: train@{key}: dataset key {key!r}: use lower-case letters, digits and _ only\n"


@pytest.mark.parametrize("words", [[], ["iris", "wine"], ["--debug", "a", "b"][1:]])
def test_a_stage_takes_one_dataset(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit):
        main("train", fine, words)
    assert "usage: python3 -m stages.train DATASET [--debug]" in capsys.readouterr().err


def test_dvc_says_when_it_runs_an_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DVC_EXP_NAME", raising=False)
    assert not in_experiment()
    monkeypatch.setenv("DVC_EXP_NAME", "quick-frog")
    assert in_experiment()


STAGE = """
from stages.core.errors import UserError
from stages.core.runtime.stage import main

def run(key):
    print(1 / (len(key) - 1))
    raise UserError(f"no {key}")

main("toy", run)
"""


def shell(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "toy.py").write_text(STAGE)
    return subprocess.run([sys.executable, "toy.py", *words], cwd=tmp_path, capture_output=True, text=True)


def test_what_a_person_sees(tmp_path: Path) -> None:
    mistake = shell(tmp_path, "iris")
    assert (mistake.returncode, mistake.stderr) == (1, "restage: toy@iris: no iris\n")
    debugged = shell(tmp_path, "iris", "--debug")
    assert debugged.returncode == 1
    assert "Traceback" in debugged.stderr
    bug = shell(tmp_path, "x")
    assert bug.returncode == 1
    assert "Traceback" in bug.stderr
    assert "ZeroDivisionError" in bug.stderr
