"""`restage verify`: HEAD's chains from nothing in a scratch clone, and a clear yes or no."""

import re
from pathlib import Path

import pytest

from tests.stories.repo import Repo


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the scratch clones lie."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.mark.long
def test_the_same_bytes_and_nothing_left_behind(repo: Repo, temporary: Path) -> None:
    done = repo.restage("verify")
    assert done.stdout.splitlines()[-1] == "30 same / 30 compared"
    assert list(temporary.iterdir()) == []
    assert repo.git("status", "--porcelain") == ""
    assert repo.repro() == set()


def test_a_script_writes_the_same_bytes_until_its_record_is_another(small: Repo, temporary: Path) -> None:
    """The record has a hash that nothing has."""
    assert small.restage("verify", "ant").stdout.splitlines()[-1] == "11 same / 11 compared"
    lock = small.read("dvc.lock")
    recorded = re.search(r"path: data/models/ant\n      hash: md5\n      md5: (\w+)", lock)
    assert recorded
    small.write("dvc.lock", lock.replace(recorded[1], "f" * 32))
    small.commit("Another record")
    done = small.restage("verify", "--keep", "ant", ok=False)
    assert done.returncode == 1
    assert f"train@ant: data/models/ant differs\n    hash {recorded[1]}, recorded fff" in done.stdout
    [kept] = temporary.iterdir()
    assert (kept / "clone/data/models/ant").read_bytes() == (small.path / "data/models/ant").read_bytes()


@pytest.mark.long
def test_a_difference_is_printed_with_its_location_and_reason(repo: Repo, temporary: Path) -> None:
    """A value committed without running, and a hash that nothing has."""
    repo.edit("conf/suite/starter.yaml", "epochs: 2", "epochs: 3")
    repo.restage("compose")
    lock = repo.read("dvc.lock")
    recorded = re.search(r"path: data/processed/iris\n      hash: md5\n      md5: (\w+)\.dir", lock)
    assert recorded
    repo.write("dvc.lock", lock.replace(recorded[1], "0" * 32))
    repo.commit("Not run")
    done = repo.restage("verify", "--keep", "iris", ok=False)
    output = done.stdout
    assert done.returncode == 1, output + done.stderr
    assert re.search(r"model\.keras: model\.weights\.h5: layers/\w+/vars/0: \[0, 0\]: \S+, recorded \S+;", output)
    assert "training.json: best_epoch: 3, recorded 2; 2 more values differ" in output
    assert "datasets.iris.train.epochs (2, at HEAD 3); `restage run`, then commit dvc.lock" in output
    assert "train@iris: reports/history/iris.csv differs\n    line 4: not recorded" in output
    assert re.search(r"predictions\.csv: line 2, column species_probability: '0\.\d+', recorded '0\.\d+'", output)
    assert re.search(r"probabilities\.species\.npy: \[0, 0\]: ", output)
    assert f"preprocess@iris: data/processed/iris differs\n    hash {recorded[1]}.dir, recorded 000" in output
    assert "8 same / 16 compared\nthis machine" in output
    [kept] = temporary.iterdir()
    assert (kept / "clone/data/models/iris/model.keras").is_file()
    assert f"kept: {kept}" in output


@pytest.mark.long
def test_a_stage_that_fails_is_no_yes(repo: Repo, temporary: Path) -> None:
    repo.append("stages/validate/run_validation.py", "\nraise RuntimeError('broken since')\n")
    repo.commit("Broken")
    done = repo.restage("verify", "line_exact", ok=False)
    assert done.returncode == 1
    assert "validate@line_exact: data/valid/line_exact is missing" in done.stdout
    assert "\n6 same / 16 compared\nnot all stages finished" in done.stdout
    assert list(temporary.iterdir()) == []


def test_what_is_not_committed_is_refused(repo: Repo) -> None:
    repo.append("conf/dataset/iris.yaml", "\n# A remark\n")
    done = repo.restage("verify", ok=False)
    assert done.returncode == 1
    assert "restage: verify: not committed: conf/dataset/iris.yaml; verify runs what HEAD has" in done.stderr
    assert done.stdout == ""


def test_parameters_that_head_never_composed(repo: Repo) -> None:
    """Nothing is verified that its guard would refuse."""
    repo.edit("conf/suite/starter.yaml", "epochs: 2", "epochs: 3")
    repo.commit("Not composed")
    done = repo.restage("verify", ok=False)
    assert "params.yaml is not what conf/ composes to (datasets.iris.train.epochs)" in done.stderr
