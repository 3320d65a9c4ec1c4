"""`restage compose`: what a person types after an edit of conf/."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import stages
from stages.cli.app import app
from stages.config.compose import compose

ROOT = Path(__file__).parents[2]
SUITE = "# @package _global_\ndefaults:\n  - /dataset@datasets.{key}: {key}\nsuite: {suite}\n"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A repository with two small suites."""
    shutil.copytree(ROOT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns("local.yaml", "suite"))
    (tmp_path / "conf/suite").mkdir()
    for suite, key in (("starter", "iris"), ("full", "wine")):
        (tmp_path / f"conf/suite/{suite}.yaml").write_text(SUITE.format(key=key, suite=suite))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def restage(*words, code=0):
    """What was printed, and what was complained about."""
    done = CliRunner().invoke(app, words)
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


def datasets():
    return list(yaml.safe_load(Path("params.yaml").read_text())["datasets"])


def test_params_are_written_and_named(clone):
    assert restage("compose") == ("params.yaml: 1 datasets (iris)\n", "")
    assert Path("params.yaml").read_text() == compose().text


def test_what_is_fresh_is_not_written_again(clone):
    restage("compose")
    os.utime("params.yaml", (1, 1))
    restage("compose")
    assert Path("params.yaml").stat().st_mtime == 1


def test_a_mistake_leaves_the_params_as_they_were(clone):
    restage("compose")
    before = Path("params.yaml").read_bytes()
    iris = Path("conf/dataset/iris.yaml")
    iris.write_text(iris.read_text().replace("epochs: 20", "epoch: 20"))
    _, complaint = restage("compose", code=1)
    assert [line.partition(": ")[0] for line in complaint.splitlines()] == ["restage", "restage"]
    assert "datasets.iris.train.epoch: unknown key; did you mean epochs?" in complaint
    assert Path("params.yaml").read_bytes() == before


def test_a_check_fails_on_what_is_stale_and_writes_nothing(clone):
    assert restage("compose", "--check", code=1)[1] == (
        "restage: compose: params.yaml: not here; run `restage compose`\n"
    )
    restage("compose")
    assert restage("compose", "--check") == ("params.yaml: 1 datasets (iris)\n", "")
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("epochs: 20", "epochs: 21"))
    before = Path("params.yaml").read_bytes()
    assert restage("compose", "--check", code=1) == (
        "",
        "restage: compose: params.yaml is not what conf/ composes to (datasets.iris.train.epochs); "
        "run `restage compose`\n",
    )
    assert Path("params.yaml").read_bytes() == before


def test_a_suite_is_chosen_until_another_one_is(clone):
    restage("compose", "--suite", "full")
    assert datasets() == ["wine"]
    restage("compose")
    assert datasets() == ["wine"]
    restage("compose", "--suite", "starter")
    assert datasets() == ["iris"]
    assert not Path("conf/local.yaml").exists()


@pytest.mark.parametrize(("suite", "hint"), [("ful", "did you mean full?"), ("nonsense", "allowed: full, starter")])
def test_a_suite_that_is_not_there(clone, suite, hint):
    _, complaint = restage("compose", "--suite", suite, code=1)
    assert complaint == f"restage: compose: no suite {suite!r}; {hint}\n"
    assert not Path("conf/local.yaml").exists()


def test_a_check_chooses_no_suite(clone):
    restage("compose")
    _, complaint = restage("compose", "--check", "--suite", "full", code=1)
    assert complaint == "restage: compose: --check writes nothing, but --suite chooses; use one of them\n"
    assert not Path("conf/local.yaml").exists()


@pytest.mark.parametrize("words", [[], ["--check"], ["--suite", "starter"]])
def test_outside_a_repository(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    _, complaint = restage("compose", *words, code=1)
    assert complaint == "restage: compose: conf/config.yaml: not here; run this at the root of the repository\n"
    assert list(tmp_path.iterdir()) == []


def test_a_restage_of_another_clone_keeps_its_hands_off(clone):
    (clone / "stages").mkdir()
    _, complaint = restage("compose", code=1)
    assert complaint == (
        "restage: compose: this restage belongs to another clone; here run `python3 -m stages.cli` or `make setup`\n"
    )
    assert not Path("params.yaml").exists()


def test_its_own_clone_may_be_reached_by_a_link(clone):
    (clone / "stages").symlink_to(Path(stages.__file__).parent)
    restage("compose")
    assert datasets() == ["iris"]


def test_debug_shows_where_a_mistake_was_found(clone):
    done = CliRunner().invoke(app, ["compose", "--suite", "nonsense", "--debug"])
    assert (done.exit_code, type(done.exception).__name__) == (1, "UserError")


def test_as_a_person_starts_it(clone):
    command = [sys.executable, "-m", "stages.cli", "compose"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "params.yaml: 1 datasets (iris)\n", "")
    done = subprocess.run([*command, "--suite", "nonsense"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "restage: compose: no suite 'nonsense'; allowed: full, starter\n"


def test_without_a_command_there_is_help(clone):
    done = CliRunner().invoke(app, [])
    assert "compose" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("word", ["compose", "run"])
def test_a_secret_in_the_committed_config_stops_everything(word, clone):
    (clone / ".dvc").mkdir()
    (clone / ".dvc/config").write_text('[remote "team"]\n    password = hunter2\n')
    _, complaint = restage(word, code=1)
    assert complaint.startswith(f"restage: {word}: .dvc/config:2: password of remote team is a secret")
    assert "hunter2" not in complaint
    assert not Path("params.yaml").exists()
