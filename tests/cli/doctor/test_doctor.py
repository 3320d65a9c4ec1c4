"""The command: one line for each check, JSON, exit code, and what a check that cannot be made says."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.cli.doctor import doctor as module
from stages.cli.doctor.doctor import CHECKS, doctor, run_checks
from stages.cli.doctor.finding import Finding, Level, ok, problem, warning
from stages.core.errors import UserError
from tests.cli.doctor.conftest import ROOT, write
from tests.repository.test_documented_commands import CHECKS as COMMAND_CHECKS


def raising(error: Exception) -> Callable[[], Finding]:
    def check() -> Finding:
        raise error

    return check


@pytest.fixture
def checks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Finding]]:
    """To be filled by the test, in place of the real checks."""
    filled: dict[str, Callable[[], Finding]] = {}
    monkeypatch.setattr(module, "CHECKS", filled)
    return filled


def run(as_json: bool = False) -> int | str | None:
    with pytest.raises(SystemExit) as end:
        doctor(as_json, debug=False)
    return end.value.code


def test_a_line_names_level_check_finding_and_solution(
    checks: dict[str, Callable[[], Finding]], capsys: pytest.CaptureFixture[str]
) -> None:
    checks.update(a=lambda: ok("fine"), b=lambda: warning("two\nlines", "`help`"))
    assert run() == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["ok       a: fine", "warning  b: two lines; `help`"]


def test_a_problem_sets_the_exit_code(
    checks: dict[str, Callable[[], Finding]], capsys: pytest.CaptureFixture[str]
) -> None:
    checks.update(a=lambda: problem("bad", "`help`"), b=lambda: warning("odd", ""))
    assert run(as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == {
        "checks": [
            {"check": "a", "level": "problem", "found": "bad", "solution": "`help`"},
            {"check": "b", "level": "warning", "found": "odd", "solution": ""},
        ],
        "problems": 1,
        "warnings": 1,
    }


@pytest.mark.parametrize(
    ("error", "level", "named"),
    [
        (ModuleNotFoundError("No module named 'dvc'", name="dvc"), Level.WARNING, "dvc"),
        (UserError("params.yaml: not YAML"), Level.WARNING, "params.yaml"),
        (PermissionError(13, "Permission denied", "dvc.lock"), Level.PROBLEM, "dvc.lock"),
        (TypeError("unexpected"), Level.PROBLEM, "TypeError"),
    ],
)
def test_a_check_that_fails_does_not_hide_the_others(
    error: Exception, level: Level, named: str, checks: dict[str, Callable[[], Finding]]
) -> None:
    checks.update(a=raising(error), b=lambda: ok("fine"))
    findings = dict(run_checks())
    assert findings["a"].level is level
    assert named in findings["a"].found
    assert findings["b"].level is Level.OK


def test_debug_shows_where_a_check_failed(checks: dict[str, Callable[[], Finding]]) -> None:
    checks["a"] = raising(TypeError("unexpected"))
    with pytest.raises(TypeError):
        list(run_checks(debug=True))


def test_outside_a_repository_that_is_all_there_is_to_say(folder: Path) -> None:
    Path("dvc.yaml").unlink()
    [(name, finding)] = run_checks()
    assert (name, finding.level) == ("folder", Level.PROBLEM)


def test_without_any_package_every_check_is_a_finding(folder: Path) -> None:
    """Also without Git, .dvc, conf and requirements; `-S` is an interpreter without packages."""
    command = [sys.executable, "-S", "-m", "stages.cli.doctor", "--json"]
    # An activated environment is not replaced by .venv.
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "CONDA_PREFIX": "activated"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    findings = {finding["check"]: finding for finding in json.loads(done.stdout)["checks"]}
    assert findings.keys() == CHECKS.keys()
    assert [name for name, finding in findings.items() if "Error:" in finding["found"]] == []
    assert findings["dvc.lock"]["found"] == "not checked: yaml is not installed"
    assert findings["Git"]["level"] == "problem"


def contents(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Time and content of each file, and the time of each folder."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")}


def broken_clone() -> None:
    for name in ("params.yaml", "dvc.yaml", "pyproject.toml", "requirements.lock"):
        write(name, "{[\0")
    write("dvc.lock", "<<<<<<< HEAD\n")
    for name in (".dvc/config", "conf/config.yaml", ".gitattributes"):
        write(name, "[[{\xff")


def test_a_broken_clone_is_diagnosed_and_not_changed(folder: Path) -> None:
    broken_clone()
    before = contents(folder)
    findings = dict(run_checks())
    assert contents(folder) == before
    problems = {name for name, finding in findings.items() if finding.level is Level.PROBLEM}
    assert {"Python", "Git", "dvc.lock", "parameters", "locked requirements", "DVC configuration"} <= problems


SUGGESTED = re.compile(r"`((?:restage|make|dvc) [^`{]+)`")


@pytest.mark.parametrize(
    "command",
    sorted({c for file in Path(module.__file__).parent.rglob("*.py") for c in SUGGESTED.findall(file.read_text())}),
)
def test_a_suggested_command_exists(command: str) -> None:
    program, *arguments = shlex.split(command)
    COMMAND_CHECKS[program](arguments)
