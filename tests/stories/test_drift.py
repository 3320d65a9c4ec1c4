"""A person accepts what the data look like; when they change, that is told, and nothing else runs for it."""

import json
from typing import Any

import pytest

from tests.stories.repo import Repo
from tests.stories.test_run import stages_told
from tests.stories.test_what_runs import chain


def drift(repo: Repo, key: str) -> dict[str, Any]:
    return json.loads(repo.read(f"reports/validation/{key}.json"))["drift"]


def bent(repo: Repo) -> None:
    """A line four times as steep."""
    repo.edit("conf/dataset/line_exact.yaml", "slope: 1", "slope: 4")
    repo.restage("compose")


@pytest.mark.parametrize("command", ["dvc", "restage"])
def test_accepting_one_profile_concerns_its_own_validation_alone(command: str, repo: Repo) -> None:
    assert drift(repo, "iris") == {"accepted": False}
    told = repo.restage("accept", "iris").stdout
    assert told == "conf/accepted/iris.json: accepted, 150 rows, 5 columns\n"
    assert repo.read("conf/accepted/iris.json") == repo.read("reports/profiles/iris.json")
    ran = repo.repro() if command == "dvc" else stages_told(repo.restage("run").stdout)
    assert ran == {"guard", "validate@iris", "report@iris"}
    assert (drift(repo, "iris")["drifted"], drift(repo, "line_exact")) == (0, {"accepted": False})
    assert repo.repro() == set()
    assert repo.restage("accept", "iris").stdout == "conf/accepted/iris.json: nothing changed\n"


def test_all_profiles_at_once_and_verified(repo: Repo) -> None:
    repo.restage("accept")
    done = stages_told(repo.restage("run").stdout)
    assert done == {"guard", *(f"{stage}@{key}" for stage in ("validate", "report") for key in ("iris", "line_exact"))}
    repo.commit("Accepted")
    assert "13 same / 13 compared" in repo.restage("verify", "line_exact").stdout


def test_data_that_change_are_told_and_accepted(repo: Repo) -> None:
    repo.restage("accept")
    repo.repro()
    bent(repo)
    done = repo.dvc("repro")
    assert "restage: validate@line_exact: 1 of 2 columns are not as they were accepted: y (" in done.stderr
    assert drift(repo, "line_exact")["drifted"] == 1
    assert "<code>restage accept line_exact</code>" in repo.read("reports/pages/line_exact.html")
    repo.restage("accept", "line_exact")
    assert repo.repro() == {"guard", "validate@line_exact", "report@line_exact"}
    assert drift(repo, "line_exact")["drifted"] == 0


def test_where_conf_says_so_drift_stops_the_chain_until_it_is_accepted(repo: Repo) -> None:
    repo.restage("accept")
    repo.edit("conf/dataset/line_exact.yaml", "validate:\n", "validate:\n  drift: {exceeded: fail}\n")
    bent(repo)
    done = repo.dvc("repro", ok=False)
    assert done.returncode != 0
    assert "drift: 1 of 2 columns are not as they were accepted: y (" in done.stderr
    assert not (repo.path / "data/valid/line_exact").exists()
    repo.restage("accept", "line_exact")
    assert repo.repro() >= {"guard", *chain("line_exact", "validate")}


def test_a_damaged_profile_stops_the_guard_with_its_place(repo: Repo) -> None:
    repo.restage("accept")
    repo.edit("conf/accepted/iris.json", '"rows": 150', '"rows": 151')
    done = repo.dvc("repro", ok=False)
    assert "restage: guard: conf/accepted/iris.json: the counts of sepal_length_cm, " in done.stderr
    assert "`restage accept iris` writes it anew" in done.stderr
    repo.restage("accept", "iris")
    assert repo.repro() == {"guard", *(f"{s}@{k}" for s in ("validate", "report") for k in ("iris", "line_exact"))}


def test_a_profile_of_other_data_is_not_accepted(repo: Repo) -> None:
    bent(repo)
    done = repo.restage("accept", ok=False)
    assert done.returncode == 1
    assert done.stderr == (
        "restage: accept: data/raw/line_exact: made with other parameters than params.yaml has; "
        "run `restage run line_exact`\n"
    )
    assert not (repo.path / "conf/accepted").exists()
