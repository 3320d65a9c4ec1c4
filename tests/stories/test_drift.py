"""A user accepts the profile of raw data; later drift is reported, and only the stages that depend on it run."""

import pytest

from stages.core.artefacts.records.validation import DriftRecord, ValidationRecord
from tests.stories.repo import RAN, Repo
from tests.stories.test_run import stages_in
from tests.stories.test_what_runs import chain

LINE = "conf/dataset/line_exact.yaml"
RERUN_IRIS = {"guard", "validate@iris", "report@iris", "summary"}
RERUN_LINE = {"guard", "validate@line_exact", "report@line_exact", "summary"}


def drift(repo: Repo, key: str) -> DriftRecord:
    return ValidationRecord.model_validate_json(repo.read(f"reports/validation/{key}.json")).drift


@pytest.mark.long
def test_accepting_one_profile_reruns_its_own_validation(repo: Repo) -> None:
    assert not drift(repo, "iris").accepted
    assert repo.restage("accept", "iris").stdout == "conf/accepted/iris.json: accepted, 150 rows, 5 columns\n"
    assert repo.read("conf/accepted/iris.json") == repo.read("reports/profiles/iris.json")
    assert repo.repro() == RERUN_IRIS
    assert (drift(repo, "iris").drifted, drift(repo, "line_exact").accepted) == (0, False)
    assert repo.repro() == set()
    assert repo.restage("accept", "iris").stdout == "conf/accepted/iris.json: nothing changed\n"


@pytest.mark.long
def test_accepting_all_profiles_and_a_damaged_one(repo: Repo) -> None:
    repo.restage("accept")
    assert stages_in(repo.restage("run").stdout) == RERUN_IRIS | RERUN_LINE
    repo.commit("Accepted")
    assert "16 same / 16 compared" in repo.restage("verify", "line_exact").stdout
    repo.edit("conf/accepted/iris.json", '"rows": 150', '"rows": 151')
    done = repo.dvc("repro", ok=False)
    assert "restage: guard: conf/accepted/iris.json: the counts of sepal_length_cm, " in done.stderr
    assert "`restage accept iris`" in done.stderr
    repo.restage("accept", "iris")
    assert repo.repro() == set()


@pytest.mark.long
def test_changed_data(repo: Repo) -> None:
    repo.restage("accept")
    repo.repro()
    accepted = repo.read("conf/accepted/line_exact.json")

    # The profile is of the old data.
    repo.edit(LINE, "slope: 1", "slope: 4")
    repo.restage("compose")
    done = repo.restage("accept", ok=False)
    assert done.returncode == 1
    assert "restage: accept: data/raw/line_exact: " in done.stderr
    assert "run `restage run line_exact`" in done.stderr
    assert repo.read("conf/accepted/line_exact.json") == accepted

    # Drift stops the chain, if conf says so.
    repo.edit(LINE, "validate:\n", "validate:\n  drift: {exceeded: fail}\n")
    repo.restage("compose")
    done = repo.dvc("repro", ok=False)
    assert done.returncode != 0
    assert "drift: 1 of 2 columns " in done.stderr
    assert not (repo.path / "data/valid/line_exact").exists()

    # Otherwise it is only reported, and the chain goes on.
    repo.edit(LINE, "exceeded: fail", "exceeded: report")
    repo.restage("compose")
    done = repo.dvc("repro")
    assert set(RAN.findall(done.stdout)) >= {"guard", *chain("line_exact", "validate")}
    assert "restage: validate@line_exact: 1 of 2 columns " in done.stderr
    assert drift(repo, "line_exact").drifted == 1
    assert "<code>restage accept line_exact</code>" in repo.read("reports/pages/line_exact.html")
    repo.restage("accept", "line_exact")
    assert repo.repro() == RERUN_LINE
    assert drift(repo, "line_exact").drifted == 0
