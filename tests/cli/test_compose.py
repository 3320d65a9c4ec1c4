"""`restage compose` after edits of conf/."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import stages
from stages.cli.app import app
from stages.config.compose_conf import compose
from tests.core.files.test_check_is_file import KINDS

ROOT = Path(__file__).parents[2]
SUITE = "# @package _global_\ndefaults:\n  - /dataset@datasets.{key}: {key}\nsuite: {suite}\n"
WRITTEN = "params.yaml: 1 datasets (iris)\n"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """conf/ with two small suites, starter (iris) and full (wine)."""
    shutil.copytree(ROOT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns("local.yaml", "suite"))
    (tmp_path / "conf/suite").mkdir()
    for suite, key in (("starter", "iris"), ("full", "wine")):
        (tmp_path / f"conf/suite/{suite}.yaml").write_text(SUITE.format(key=key, suite=suite))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def restage(*arguments: str) -> str:
    """The standard output of a command that succeeds."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def restage_error(*arguments: str) -> str:
    """The standard error of a command that fails and writes nothing to standard output."""
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr


def composed_datasets() -> list[str]:
    return list(yaml.safe_load(Path("params.yaml").read_text())["datasets"])


def test_params_are_written(clone: Path) -> None:
    assert restage("compose") == WRITTEN
    assert Path("params.yaml").read_text() == compose().text


def test_unchanged_params_are_not_written_again(clone: Path) -> None:
    restage("compose")
    os.utime("params.yaml", (1, 1))
    restage("compose")
    assert Path("params.yaml").stat().st_mtime == 1


def test_an_error_in_conf_leaves_params_unchanged(clone: Path) -> None:
    restage("compose")
    before = Path("params.yaml").read_bytes()
    iris = Path("conf/dataset/iris.yaml")
    iris.write_text(iris.read_text().replace("epochs: 20", "epoch: 20"))
    errors = restage_error("compose").splitlines()
    assert len(errors) == 2
    assert all(line.startswith("restage: compose: ") for line in errors)
    assert any("datasets.iris.train.epoch: unknown key; did you mean epochs?" in line for line in errors)
    assert Path("params.yaml").read_bytes() == before


def test_check_fails_for_stale_params_and_writes_nothing(clone: Path) -> None:
    error = restage_error("compose", "--check")
    assert "params.yaml: not " in error
    assert "run `restage compose`" in error
    restage("compose")
    assert restage("compose", "--check") == WRITTEN
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("epochs: 20", "epochs: 21"))
    before = Path("params.yaml").read_bytes()
    error = restage_error("compose", "--check")
    assert "datasets.iris.train.epochs" in error
    assert "run `restage compose`" in error
    assert Path("params.yaml").read_bytes() == before


def test_a_chosen_suite_is_kept(clone: Path) -> None:
    restage("compose", "--suite", "full")
    assert composed_datasets() == ["wine"]
    restage("compose")
    assert composed_datasets() == ["wine"]
    restage("compose", "--suite", "starter")
    assert composed_datasets() == ["iris"]
    assert not Path("conf/local.yaml").exists()


@pytest.mark.parametrize(("suite", "hint"), [("ful", "did you mean full?"), ("nonsense", "allowed: full, starter")])
def test_an_unknown_suite_is_refused(clone: Path, suite: str, hint: str) -> None:
    assert restage_error("compose", "--suite", suite) == f"restage: compose: no suite {suite!r}; {hint}\n"
    assert not Path("conf/local.yaml").exists()


def test_check_cannot_choose_a_suite(clone: Path) -> None:
    restage("compose")
    error = restage_error("compose", "--check", "--suite", "full")
    assert "--check" in error
    assert "--suite" in error
    assert not Path("conf/local.yaml").exists()


@pytest.mark.parametrize("options", [[], ["--check"], ["--suite", "starter"]])
def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    error = restage_error("compose", *options)
    assert error.startswith("restage: compose: conf/config.yaml: not ")
    assert "at the root of the repository" in error
    assert list(tmp_path.iterdir()) == []


def test_in_another_clone(clone: Path) -> None:
    (clone / "stages").mkdir()
    assert "another clone; here run `python3 -m stages.cli` or `make setup`" in restage_error("compose")
    assert not Path("params.yaml").exists()


def test_in_its_own_clone_by_a_link(clone: Path) -> None:
    (clone / "stages").symlink_to(Path(stages.__file__).parent)
    restage("compose")
    assert composed_datasets() == ["iris"]


def test_debug_shows_the_traceback(clone: Path) -> None:
    result = CliRunner().invoke(app, ["compose", "--suite", "nonsense", "--debug"])
    assert (result.exit_code, type(result.exception).__name__) == (1, "UserError")


@pytest.mark.parametrize(
    ("options", "code", "output", "error"),
    [
        ([], 0, WRITTEN, ""),
        (["--suite", "nonsense"], 1, "", "restage: compose: no suite 'nonsense'; allowed: full, starter\n"),
    ],
)
def test_as_a_process(clone: Path, options: list[str], code: int, output: str, error: str) -> None:
    command = [sys.executable, "-m", "stages.cli", "compose", *options]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (code, output, error)


def test_without_a_command_help_is_shown(clone: Path) -> None:
    output = CliRunner().invoke(app, []).output
    assert "compose" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("command", ["compose", "run"])
def test_a_secret_in_the_committed_config_is_refused(command: str, clone: Path) -> None:
    (clone / ".dvc").mkdir()
    (clone / ".dvc/config").write_text('[remote "team"]\n    password = hunter2\n')
    error = restage_error(command)
    assert error.startswith(f"restage: {command}: .dvc/config:2: password of remote team is a secret")
    assert "hunter2" not in error
    assert not Path("params.yaml").exists()


@pytest.mark.parametrize("options", [[], ["--check"], ["--debug"], ["--suite", "full"]])
def test_a_secret_in_an_address_gets_nowhere(options: list[str], clone: Path) -> None:
    restage("compose")
    before = Path("params.yaml").read_bytes()
    for key in ("iris", "wine"):
        file = Path(f"conf/dataset/{key}.yaml")
        address = "https://bob:hunter2@host/a?token=hunter2"
        file.write_text(re.sub("name: [a-z]+", f"name: '{address}', urls: ['{address}']", file.read_text(), count=1))
    command = [sys.executable, "-m", "stages.cli", "compose", *options]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 1
    assert "user name or password" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    assert Path("params.yaml").read_bytes() == before


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("options", [[], ["--check"]])
@pytest.mark.parametrize("kind", KINDS)
def test_a_params_yaml_that_is_no_file_is_not_replaced(kind: str, options: list[str], clone: Path) -> None:
    KINDS[kind](Path("params.yaml"))
    assert restage_error("compose", *options).startswith(f"restage: compose: params.yaml: {kind}; ")
    assert not Path("params.yaml").is_file()


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("options", [[], ["--check"], ["--suite", "full"]])
def test_a_named_pipe_in_conf(options: list[str], clone: Path) -> None:
    os.mkfifo("conf/local.yaml")
    assert restage_error("compose", *options).startswith("restage: compose: conf/local.yaml: a named pipe; ")


def test_parameters_that_no_command_could_read_are_not_written(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.cli.compose.MAX_PARAMS_BYTES", 100)
    assert "more than 100 bytes" in restage_error("compose")
    assert not Path("params.yaml").exists()
