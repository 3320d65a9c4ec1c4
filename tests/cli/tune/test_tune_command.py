"""What `restage tune` refuses before a worker starts."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from stages.cli.app import app
from stages.cli.tune.study_folder import only_study_of
from stages.cli.tune.tune import TuneOptions, trials_at_once
from stages.core.errors import UserError
from tests.cli.revisions.recorded_repository import git
from tests.cli.test_compose import restage
from tests.missing_library import without_library


def tune_error(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["tune", *arguments])
    assert result.exit_code == 1, result.output
    return result.stderr


@pytest.fixture(name="composed")
def _composed(clone, monkeypatch):
    restage("compose")
    params = yaml.safe_load(Path("params.yaml").read_text())
    monkeypatch.setattr("stages.cli.tune.tune.composed_params", lambda: params)


@pytest.mark.error_case("wrong tuning")
def test_there_are_no_ranges(composed):
    Path("conf/tune/iris.yaml").unlink()
    assert "conf/tune/iris.yaml: not found; write the parameters to search" in tune_error("iris", "--trials", "2")


@pytest.mark.error_case("wrong tuning")
def test_there_is_no_such_dataset(composed):
    assert "no dataset 'irsi'; did you mean iris?" in tune_error("irsi", "--trials", "2")


@pytest.mark.error_case("wrong tuning")
def test_there_is_no_such_place(composed):
    assert "--on here: allowed are local, dask" in tune_error("iris", "--trials", "2", "--on", "here")


@pytest.mark.error_case("wrong tuning")
def test_a_merge_with_conflicts(composed):
    """Without a traceback, and before a worker starts."""
    git("init", "-q")
    Path(".dvc").mkdir(exist_ok=True)
    Path("dvc.lock").write_text("<<<<<<< HEAD\nschema: '2.0'\n=======\n>>>>>>> other\n")
    assert "dvc.lock: holds the conflicts of a merge (HEAD and other)" in tune_error("iris", "--trials", "2")


@pytest.mark.error_case("wrong tuning")
def test_optuna_is_not_installed(clone, monkeypatch):
    without_library(monkeypatch, "optuna", "stages.cli.tune")
    assert "optuna is not installed; `make setup EXTRAS=tune` installs it" in tune_error("iris", "--trials", "2")


@pytest.mark.error_case("wrong tuning")
def test_two_studies_of_a_dataset_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with (
        only_study_of("iris"),
        only_study_of("wine"),
        pytest.raises(UserError, match="another `restage tune iris` runs"),
        only_study_of("iris"),
    ):
        pass
    with only_study_of("iris"):
        pass


def test_no_more_trials_run_at_once_than_a_round_has(capsys):
    assert trials_at_once(TuneOptions("iris", trials=20, jobs=20), threads=1) == 8
    assert capsys.readouterr().err == "restage: tune: trials run in rounds of 8; 8 run at once, not 20\n"
    assert trials_at_once(TuneOptions("iris", trials=20, jobs=3), threads=1) == 3
    assert trials_at_once(TuneOptions("iris", trials=20, on="tcp://scheduler:8786"), threads=4) == 8
    assert trials_at_once(TuneOptions("iris", trials=20), threads=10_000) == 1
    assert capsys.readouterr().err == ""
