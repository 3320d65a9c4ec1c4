"""A dataset with an export: the seventh stage, and its folder where there is nothing of this repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.repo import Repo, environment

EVERY_STAGE = ["download", "validate", "preprocess", "train", "evaluate", "report", "export"]
ROW = {"sepal_length_cm": 5.1, "sepal_width_cm": 3.5, "petal_length_cm": 1.4, "petal_width_cm": 0.2}
FORBIDDEN = ("dvc", "keras", "pandas", "pyarrow", "scipy", "sklearn", "stages", "tensorflow", "yaml")
# Python runs it before everything else.
SITE_CUSTOMIZE = f"""
import sys

class Forbidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {FORBIDDEN}:
            raise ImportError(f"{{name}} is forbidden")

sys.meta_path.insert(0, Forbidden())
"""


def with_export(repo: Repo, section: str = "export: {}") -> None:
    repo.edit("conf/suite/starter.yaml", "  iris:\n", f"  iris:\n    {section}\n")


def model(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m model` in the folder, with a Python that refuses what an exported model must not need."""
    (folder.parent / "hook").mkdir(exist_ok=True)
    (folder.parent / "hook/sitecustomize.py").write_text(SITE_CUSTOMIZE)
    env = environment() | {"PYTHONPATH": str(folder.parent / "hook")}
    command = [sys.executable, "-m", "model", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=200, check=False)


@pytest.fixture(scope="module", name="exported")
def _exported(finished: Repo, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """The finished run, to which an export was added; committed as an artifact with a version."""
    repo = finished.copy(tmp_path_factory.mktemp("exported") / "repo")
    with_export(repo)
    ran = repo.restage("run", "--jobs", "1", "--no-preload").stdout
    assert [stage for stage in EVERY_STAGE if f"{stage}@iris:" in ran] == ["export"]
    assert "export@line_exact" not in ran
    repo.restage("export", "iris", "--artifact", "iris")
    repo.commit("An export")
    repo.git("tag", "-a", "iris@v1.0.0", "-m", "1.0.0")
    return repo


def test_the_stage_is_known_to_all_commands(exported: Repo) -> None:
    assert "\nexports:\n  iris: {}\n" in exported.read("params.yaml")
    assert "  export@iris:\n" in exported.read("dvc.lock")
    assert "nothing to run: iris, line_exact" in exported.restage("run").stdout
    assert "nothing to run: iris, line_exact" in exported.restage("run", "--dry").stdout
    states = {line.split()[0]: line for line in exported.restage("list").stdout.splitlines() if line}
    assert "up to date" in states["iris"]
    assert "up to date" in states["line_exact"]
    assert exported.dvc("status").stdout.strip() == "Data and pipelines are up to date."


def test_the_folder_predicts_without_this_repository(exported: Repo, tmp_path: Path) -> None:
    """`restage export` writes the same bytes as the stage."""
    folder = tmp_path / "model of iris"
    exported.restage("export", "iris", str(folder))
    stage = exported.path / "data/exports/iris"
    names = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file())
    assert {name: (folder / name).read_bytes() for name in names} == {n: (stage / n).read_bytes() for n in names}

    assert "the answers to 5 kept rows differ by at most" in model(folder, "check").stdout
    assert "predicts species, one of setosa, versicolor, virginica" in model(folder, "describe").stdout
    printed = model(folder, "predict", "--row", *(f"{name}={value}" for name, value in ROW.items()))
    assert '"species": ' in printed.stdout, printed.stderr

    (tmp_path / "new.csv").write_text(
        "note,petal_width_cm,petal_length_cm,sepal_width_cm,sepal_length_cm\na,0.2,1.4,3.5,5.1\nb,x,5.1,3.1,6.9\n"
    )
    refused = model(folder, "predict", "../new.csv", "-o", "../out.csv")
    assert refused.returncode == 1
    assert refused.stderr == "model: predict: ../new.csv: row 2: column petal_width_cm: 'x' is not a number\n"
    assert not (tmp_path / "out.csv").exists()
    done = model(folder, "predict", "../new.csv", "-o", "../out.csv", "--skip-bad")
    assert done.stdout == "rows predicted: 1; rows left out: 1, see ../out.bad.csv\n"
    header, row = (tmp_path / "out.csv").read_text().splitlines()
    assert header.startswith("note,species,species_probability,species_p_setosa")
    assert row.startswith("a,")


@pytest.mark.long
def test_an_environment_of_its_own_requirements(exported: Repo, tmp_path: Path) -> None:
    """Without TensorFlow and this repository, the answers of the folder are those of the environment of the tests."""
    folder, python = tmp_path / "model", tmp_path / "bare/bin/python"
    shutil.copytree(exported.path / "data/exports/iris", folder)
    (tmp_path / "new.csv").write_text(",".join(ROW) + "\n" + ",".join(map(str, ROW.values())) + "\n")
    expected = model(folder, "predict", "../new.csv").stdout
    exported.run(sys.executable, "-m", "venv", str(tmp_path / "bare"))
    exported.run(str(python), "-m", "pip", "install", "--require-hashes", "-r", str(folder / "requirements.txt"))
    installed = exported.run(str(python), "-m", "pip", "list", "--format", "freeze").stdout
    assert not {"keras", "pandas", "tensorflow"} & {line.partition("==")[0] for line in installed.splitlines()}
    for arguments in (["check"], ["predict", "../new.csv"]):
        done = subprocess.run(
            [python, "-m", "model", *arguments], cwd=folder, capture_output=True, text=True, check=True
        )
    assert done.stdout == expected


def test_another_repository_gets_a_version(exported: Repo, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other", exported.preloaded)
    other.path.mkdir()
    other.git("init", "--quiet")
    other.run(*other.forked_command(["dvc", "init", "--quiet"]))
    other.dvc("artifacts", "get", str(exported.path), "iris", "--rev", "v1.0.0", "--out", "got")
    assert "the answers to 5 kept rows" in model(other.path / "got", "check").stdout


@pytest.mark.long
def test_an_experiment_and_a_removed_export(exported: Repo, tmp_path: Path) -> None:
    """What DVC composes for an experiment names no exports. Without `export` the stage is gone; nothing else runs."""
    repo = exported.copy(tmp_path / "repo")
    ran = repo.dvc("exp", "run", "-S", "datasets.iris.report.title=Other").stdout
    assert "report@iris" in ran
    assert "export@iris" not in ran
    repo.git("checkout", "--quiet", ".")
    repo.edit("conf/suite/starter.yaml", "    export: {}\n", "")
    assert repo.restage("run").stdout.count("@iris:") == 0
    assert "exports" not in repo.read("params.yaml")


def test_results_that_are_stale_are_not_exported(exported: Repo, tmp_path: Path) -> None:
    repo = exported.copy(tmp_path / "repo")
    repo.edit("conf/suite/starter.yaml", "epochs: 2", "epochs: 3")
    refused = repo.restage("export", "iris", str(tmp_path / "out"), ok=False)
    assert refused.returncode == 1
    assert "iris: train has to run first; run `restage run iris`" in refused.stderr
    assert not os.path.lexists(tmp_path / "out")
