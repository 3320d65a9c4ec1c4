"""`restage list`, `run --dry` and `remove` in a repository that was run."""

import hashlib

import pytest

from tests.stories.light_pipeline import add_dataset
from tests.stories.repo import Repo


def rows(repo: Repo) -> dict[str, str]:
    """The state of each dataset, as `restage list` prints it."""
    lines = repo.restage("list").stdout.split("\n\n")[0].splitlines()
    return {cells[0]: cells[2] for line in lines[1:] if (cells := [c for c in line.split("  ") if c.strip()])}


def test_states_of_datasets(small: Repo) -> None:
    small.write("conf/dataset/cat.yaml", small.read("conf/dataset/ant.yaml"))
    assert [state.strip() for state in rows(small).values()] == ["up to date", "up to date", "not in the suite"]
    small.edit("conf/dataset/bee.yaml", "epochs: 5", "epochs: 6")
    small.restage("add", "cat")
    states = {key: state.strip() for key, state in rows(small).items()}
    assert states == {"ant": "up to date", "bee": "changed: train", "cat": "never run"}


def test_a_failed_stage_is_listed(small: Repo) -> None:
    # Not among the dependencies of the stages, so that no other stage is stale.
    train = 'elif stage == "train":\n'
    small.edit("code/stage.py", train, f"{train}    sys.exit(1)\n")
    small.edit("conf/dataset/bee.yaml", "epochs: 5", "epochs: 6")
    small.restage("run", "--no-preload", ok=False)
    assert rows(small)["bee"].strip() == "failed: train"
    small.edit("code/stage.py", f"{train}    sys.exit(1)\n", train)
    small.restage("run", "--no-preload")
    assert rows(small)["bee"].strip() == "up to date"


def test_a_dry_run_names_the_stages_and_changes_nothing(small: Repo) -> None:
    assert small.restage("run", "--dry").stdout == "nothing to run: ant, bee\n"
    small.edit("conf/dataset/bee.yaml", "epochs: 5", "epochs: 6")
    before = small.read("params.yaml")
    printed = small.restage("run", "--dry").stdout.splitlines()
    assert printed[:2] == ["bee: train", "nothing to run: ant"]
    assert small.read("params.yaml") == before
    assert small.restage("run", "--dry", "ant").stdout == "nothing to run: ant\n"


def test_a_changed_file_is_a_warning_of_run(small: Repo) -> None:
    content = "x,y\n1,2\n"
    small.write("data/own.csv", content)
    formula = small.read("conf/dataset/ant.yaml").partition("download:\n")[2].partition("\n\n")[0]
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    file = f"{{all: {{path: data/own.csv, sha256: '{sha256}'}}}}"
    small.edit("conf/dataset/ant.yaml", formula, f"  source: file\n  format: {{format: csv}}\n  files: {file}")
    small.edit("conf/dataset/ant.yaml", "split: {test: given}", "split: {test: 0.5}")
    assert "data/own.csv" not in small.restage("run", "--no-preload").stderr
    small.write("data/own.csv", content + "3,4\n")
    warning = "restage: run: ant: data/own.csv is not what conf/ pins; `restage refresh ant` shows what changed"
    for command in (("run",), ("run", "--dry"), ("run", "ant")):
        done = small.restage(*command)
        assert done.returncode == 0
        assert warning in done.stderr.splitlines()
        assert done.stdout.startswith("nothing to run: ant")
    assert "data/own.csv" not in small.restage("run", "bee").stderr


def test_a_removed_dataset_leaves_nothing_behind(small: Repo) -> None:
    small.restage("remove", "bee", "--yes")
    assert "@bee" not in small.read("dvc.lock")
    assert "bee" not in small.read("params.yaml")
    assert "bee" not in small.read("conf/suite/starter.yaml")
    assert not (small.path / "conf/dataset/bee.yaml").exists()
    small.restage("run", "--no-preload")
    assert [path for path in small.path.rglob("bee*") if ".git" not in path.parts and ".dvc" not in path.parts] == []
    assert small.repro() == set()


def test_a_removed_dataset_can_be_added_again(small: Repo) -> None:
    before = small.read("dvc.lock")
    small.restage("remove", "bee")
    assert (small.path / "conf/dataset/bee.yaml").exists()
    small.restage("add", "bee")
    small.restage("run", "--no-preload")
    assert small.read("dvc.lock") == before


@pytest.mark.error_case("datasets that cannot be removed")
def test_a_dataset_that_others_build_on_is_not_removed(small: Repo) -> None:
    add_dataset(small, "cat")
    small.write("conf/dataset/cat.yaml", "defaults:\n  - bee\n  - _self_\n\nreport: {title: Another}\n")
    done = small.restage("remove", "bee", "--yes", ok=False)
    assert done.returncode == 1
    assert "conf/dataset/cat.yaml builds on it" in done.stderr
    assert (small.path / "conf/dataset/bee.yaml").exists()
    assert "@bee" in small.read("dvc.lock")


@pytest.mark.error_case("datasets that cannot be removed")
def test_an_unknown_dataset_is_not_removed(small: Repo) -> None:
    assert "no dataset 'beee'; did you mean bee?" in small.restage("remove", "beee", "--yes", ok=False).stderr
