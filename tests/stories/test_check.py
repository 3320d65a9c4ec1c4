"""`restage check` in a repository whose stages are a script: what passes, what fails, and what is compared."""

import json
from typing import Any

import pytest

from tests.stories.repo import Repo

HEADLINE = "evaluate: {headline: mae, baselines: [linear]}"
METRICS = "reports/metrics/ant.json"


def set_gate(repo: Repo, gate: str, key: str = "ant") -> None:
    repo.edit(f"conf/dataset/{key}.yaml", HEADLINE, f"{HEADLINE[:-1]}, gate: {gate}}}")


def check(repo: Repo, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = repo.restage("check", "--json", *arguments, ok=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_bounds_are_checked_before_anything_runs(small: Repo) -> None:
    """A gate that was added a moment ago is checked: the results are those of the other parameters."""
    assert check(small) == (
        0,
        {"base": None, "base_stale": {}, "datasets": [], "passed": True, "without_gates": ["ant", "bee"]},
    )
    set_gate(small, "{at_most: {loss: 1000000000}}")
    assert check(small)[0] == 0
    set_gate(small, "{at_most: {loss: 0}, at_least: {loss: 0}}", "bee")
    code, report = check(small)
    assert (code, report["passed"]) == (1, False)
    assert {d["key"]: [gate["passed"] for gate in d["gates"]] for d in report["datasets"]} == {
        "ant": [True],
        "bee": [True, False],
    }
    assert check(small, "ant")[0] == 0
    printed = small.restage("check", ok=False).stdout
    assert "bee: 1 of 2 gates failed" in printed
    assert "at_most.loss" in printed


def test_results_of_other_parameters_never_pass_and_not_pulled_ones_do(small: Repo) -> None:
    set_gate(small, "{at_most: {loss: 1000000000}}")
    small.restage("run")
    for folder in ("data/raw", "data/models", ".dvc/cache"):
        small.run("rm", "-rf", folder)
    assert check(small)[0] == 0
    small.edit("conf/dataset/ant.yaml", "epochs: 5", "epochs: 6")
    code, report = check(small)
    assert code == 1
    assert "`restage run ant`" in report["datasets"][0]["stale"]


@pytest.mark.error_case("results that no gate passes")
def test_metrics_that_were_edited_never_pass(small: Repo) -> None:
    set_gate(small, "{at_most: {loss: 1000000000}}")
    small.write(METRICS, '{"loss": 0}')
    assert check(small)[0] == 1


def test_the_base_is_the_commit_where_the_branch_left_main(small: Repo) -> None:
    set_gate(small, "{no_worse_than_base: {loss: 0}}")
    base = small.git("rev-parse", "main").strip()
    small.git("checkout", "--quiet", "-b", "proposal")
    code, report = check(small)
    assert (code, report["base"]["commit"]) == (0, base)

    before = json.loads(small.read(METRICS))["loss"]
    small.edit("conf/dataset/ant.yaml", "epochs: 5", "epochs: 6")
    small.restage("run")
    small.commit("Other epochs")
    code, report = check(small)
    [gate] = report["datasets"][0]["gates"]
    assert (gate["base"], gate["value"]) == (before, json.loads(small.read(METRICS))["loss"])
    assert (code == 0) == gate["passed"] == (gate["value"] <= gate["base"])
    assert check(small, "--base", "HEAD")[0] == 0


def test_stale_results_of_the_base_are_a_warning(small: Repo) -> None:
    set_gate(small, "{no_worse_than_base: {loss: 1000000000}}")
    small.edit("conf/dataset/ant.yaml", "epochs: 5", "epochs: 6")
    small.restage("compose")
    small.commit("Other epochs, without results")
    small.restage("run")
    code, report = check(small, "--base", "HEAD")
    assert (code, report["base_stale"]) == (0, {"ant": ["train"]})
    assert "WARNING: the results of HEAD" in small.restage("check", "--base", "HEAD").stdout


@pytest.mark.error_case("results that no gate passes")
def test_a_base_without_the_dataset_passes_and_one_that_cannot_be_read_fails(small: Repo) -> None:
    set_gate(small, "{no_worse_than_base: {loss: 0}}")
    small.git("checkout", "--quiet", "-b", "damaged")
    metrics = small.read(METRICS)
    small.write(METRICS, "{}")
    small.commit("Damaged metrics")
    small.write(METRICS, metrics)
    code, report = check(small, "--base", "damaged")
    assert code == 1
    assert "damaged" in report["datasets"][0]["gates"][0]["text"]

    small.edit("params.yaml", "  ant:\n", "  fly:\n")
    small.commit("Without ant")
    small.git("checkout", "--quiet", "main", "--", "params.yaml")
    code, report = check(small, "--base", "damaged")
    assert code == 0
    assert "nothing to compare" in report["datasets"][0]["gates"][0]["text"]
    # Such as the value of a variable that is not set.
    assert "revision ''" in small.restage("check", "--base", "", ok=False).stderr
    wrong = small.restage("check", "--base", "damagd", ok=False)
    assert wrong.returncode == 1
    assert "did you mean damaged?" in wrong.stderr
