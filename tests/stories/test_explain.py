"""`restage explain` names what the next run does, and why."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stages.cli.explain.explanation import Explanation
from tests.stories import light_pipeline, random_changes
from tests.stories.long_cases import long_unless
from tests.stories.repo import Repo, remove

LOGS = ".dvc/tmp/restage/output"


def explain(repo: Repo, *arguments: str) -> Explanation:
    return Explanation.model_validate_json(repo.restage("explain", "--json", *arguments).stdout)


def results(explanation: Explanation, *wanted: Any) -> set[str]:
    return {stage.stage for stage in explanation.with_result(*wanted)}


def run(repo: Repo) -> tuple[set[str], set[str]]:
    """The stages that ran, and those that DVC restored from its run cache."""
    remove(repo.path / LOGS)
    repo.restage("run", "--jobs", "1", "--no-preload")
    logs = {file.stem: file.read_text() for file in (repo.path / LOGS).glob("*.txt")}
    return tuple({name for name, text in logs.items() if line in text} for line in ("Running stage", "is cached"))  # type: ignore[return-value]


def check_explanation(repo: Repo, explanation: Explanation) -> None:
    """None of the stages that run is missed, and none is invented."""
    certain, possible = results(explanation, "runs"), results(explanation, "may run")
    restored = results(explanation, "restored")
    ran, from_cache = run(repo)
    assert certain <= ran <= certain | possible
    assert restored <= from_cache <= restored | possible


def reasons(explanation: Explanation, stage: str) -> list[dict[str, Any]]:
    [found] = [each for each in explanation.stages if each.stage == stage]
    return [json.loads(reason.model_dump_json()) for reason in found.reasons]


def test_a_parameter_that_is_not_composed_yet_and_then_set_back(small: Repo) -> None:
    params = small.read("params.yaml")
    small.edit("conf/dataset/bee.yaml", "epochs: 5", "epochs: 6")
    explanation = explain(small)
    assert small.read("params.yaml") == params
    [reason] = reasons(explanation, "train@bee")
    change = {"name": "datasets.bee.train.epochs", "old": 5, "new": 6, "old_set": True, "new_set": True}
    assert reason == {"kind": "parameters", "values": [change]}
    assert results(explanation, "runs") == {"guard", "train@bee"}
    assert results(explanation, "may run") == {"summary"}
    assert {reason["kind"] for reason in reasons(explanation, "guard")} == {"conf", "parameters"}
    check_explanation(small, explanation)
    small.edit("conf/dataset/bee.yaml", "epochs: 6", "epochs: 5")
    explanation = explain(small)
    assert results(explanation, "restored") == {"guard", "train@bee"}
    # DVC keeps no run of a stage with an output that is in git.
    assert results(explanation, "runs") == {"summary"}
    check_explanation(small, explanation)


def deleted(repo: Repo) -> None:
    (repo.path / "data/models/bee").unlink()


def edited(repo: Repo) -> None:
    (repo.path / "data/models/bee").chmod(0o644)
    repo.write("data/models/bee", "other")


def new_command(repo: Repo) -> None:
    repo.edit("dvc.yaml", "stage.py train ${key}", "stage.py  train ${key}")


def new_dependency(repo: Repo) -> None:
    repo.edit("dvc.yaml", "deps: [code/train.json,", "deps: [code/train.json, code/validate.json,")


def removed_dependency(repo: Repo) -> None:
    """DVC does not take the stage for changed."""
    deps = 'deps: [code/train.json, "data/raw/${key}"'
    repo.edit("dvc.yaml", f'{deps}, "data/valid/${{key}}"]', f"{deps}]")


def committed_code(repo: Repo) -> None:
    light_pipeline.write_code(repo, "train", {"comment": 1, "limit": 100, "revision": 0})
    repo.commit("Another comment")


def accepted_profile(repo: Repo) -> None:
    light_pipeline.accept(repo, "bee", 10)


def missing_code(repo: Repo) -> None:
    (repo.path / "code/summary.json").unlink()


Change = Callable[[Repo], None]
CASES: dict[str, tuple[Change, str, dict[str, Any]]] = {
    "deleted output": (deleted, "train@bee", {"kind": "output", "path": "data/models/bee", "state": "deleted"}),
    "edited output": (edited, "train@bee", {"kind": "output", "path": "data/models/bee", "state": "changed"}),
    "command": (new_command, "train@bee", {"kind": "command"}),
    "new dependency": (new_dependency, "train@bee", {"kind": "declaration", "path": "code/validate.json"}),
    "code": (committed_code, "train@ant", {"kind": "file", "dependency": "code/train.json"}),
    "accepted profile": (accepted_profile, "validate@bee", {"kind": "accepted profile"}),
}
IN_EVERY_RUN = ("edited output", "code")


@pytest.mark.parametrize("name", long_unless(IN_EVERY_RUN, CASES))
def test_the_reason_of_a_change(name: str, small: Repo) -> None:
    change, stage, expected = CASES[name]
    change(small)
    explanation = explain(small)
    [reason] = reasons(explanation, stage)
    assert expected.items() <= reason.items()
    if name == "code":
        assert [file["subject"] for file in reason["files"]] == ["Another comment"]
    check_explanation(small, explanation)


@pytest.mark.long
def test_a_removed_dependency_is_no_reason(small: Repo) -> None:
    removed_dependency(small)
    explanation = explain(small)
    assert results(explanation, "up to date") == {stage.stage for stage in explanation.stages}
    check_explanation(small, explanation)


@pytest.mark.long
def test_a_dependency_that_is_missing(small: Repo) -> None:
    missing_code(small)
    assert reasons(explain(small), "summary") == [{"kind": "missing", "path": "code/summary.json"}]


def test_without_a_record_everything_runs(small: Repo) -> None:
    (small.path / "dvc.lock").unlink()
    explanation = explain(small)
    assert all(reasons(explanation, stage.stage) == [{"kind": "never ran"}] for stage in explanation.stages)
    # What DVC's run cache has is not run again.
    check_explanation(small, explanation)


def test_the_stages_of_one_dataset(small: Repo) -> None:
    names = [stage.stage for stage in explain(small, "bee").stages]
    assert names == ["guard", "download@bee", "validate@bee", "train@bee"]


@pytest.mark.error_case("explain")
def test_an_unknown_dataset(small: Repo) -> None:
    done = small.restage("explain", "beee", ok=False)
    assert done.returncode == 1
    assert done.stderr == "restage: explain: params.yaml: no dataset 'beee'; did you mean bee?\n"


@pytest.mark.error_case("explain")
def test_a_dvc_lock_with_the_conflicts_of_a_merge(small: Repo) -> None:
    small.write("dvc.lock", "<<<<<<< HEAD\n" + small.read("dvc.lock") + ">>>>>>> other\n")
    done = small.restage("explain", ok=False)
    assert done.returncode == 1
    assert "dvc.lock: holds the conflicts of a merge (HEAD and other); `restage merge` resolves them" in done.stderr


@pytest.mark.error_case("explain")
def test_outside_of_a_repository(small: Repo, tmp_path: Path) -> None:
    for name in (".dvc", ".git"):
        remove(small.path / name)
    done = small.restage("explain", ok=False)
    assert done.returncode == 1
    assert done.stderr.startswith("restage: explain: ")
    assert "Traceback" not in done.stderr


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_random_changes(seed: int, small: Repo) -> None:
    """One after another, also committed ones, and ones that set back what was before."""
    rng = random.Random(seed)
    for _ in range(5):
        for _ in range(rng.choice([1, 1, 2])):
            random_changes.change(small, rng)
        check_explanation(small, explain(small))
        if rng.random() < 0.5:
            small.commit("A change")
