"""conf/, params.yaml and stages/locked."""

import shutil
from pathlib import Path

import pytest
import yaml

from stages.cli.doctor.checks.generated_file_checks import accepted_profiles, parameters, stage_requirements
from stages.cli.doctor.finding import Level
from stages.config.compose_conf import compose
from tests.cli.doctor.conftest import ROOT, write


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of conf/, composed."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "conf", "conf")
    Path("conf/local.yaml").unlink(missing_ok=True)
    write("params.yaml", compose().text)
    return tmp_path


def test_a_stale_params_file_is_a_problem(conf: Path) -> None:
    assert parameters().level is Level.OK
    params = yaml.safe_load(Path("params.yaml").read_text())
    params["datasets"]["iris"]["train"]["epochs"] = 77
    write("params.yaml", yaml.safe_dump(params))
    finding = parameters()
    assert finding.level is Level.PROBLEM
    assert "datasets.iris.train.epochs" in finding.found
    assert "`restage compose`" in finding.found


@pytest.mark.parametrize("text", ["a: [", "datasets: 1\n"])
def test_a_broken_params_file_is_a_problem(text: str, conf: Path) -> None:
    write("params.yaml", text)
    finding = parameters()
    assert finding.level is Level.PROBLEM
    assert "`restage compose`" in finding.found


def test_an_error_in_conf_is_a_problem_with_its_place(conf: Path) -> None:
    iris = Path("conf/dataset/iris.yaml")
    iris.write_text(iris.read_text().replace("train:", "trian:"))
    finding = parameters()
    assert finding.level is Level.PROBLEM
    assert "conf/dataset/iris.yaml" in finding.found


def test_stale_requirements_of_stages_are_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("dvc.yaml", "requirements.lock", "stages/locked"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        Path(name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, name)
    assert stage_requirements().level is Level.OK
    write("stages/locked/train.txt", "keras==0.1\n")
    finding = stage_requirements()
    assert finding.level is Level.PROBLEM
    assert finding.found.startswith("stages/locked/train.txt:")


def test_datasets_without_an_accepted_profile_are_named(folder: Path) -> None:
    write("conf/accepted/iris.json")
    assert accepted_profiles().solution == "`restage accept wine`"
    write("conf/accepted/wine.json")
    assert accepted_profiles().level is Level.OK
