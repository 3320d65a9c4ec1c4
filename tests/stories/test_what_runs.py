"""Change one thing: exactly the stages that depend on it run, and `restage explain` says so before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stages.cli.explain.explanation import Explanation, StageExplanation
from stages.cli.explain.show.reason_text import reason_text
from tests.stories.long_cases import long_unless
from tests.stories.repo import ROOT, Repo
from tests.stories.test_own_model import use_own_model

STAGES = ["download", "validate", "preprocess", "train", "evaluate", "report"]
KEYS = ["iris", "line_exact"]
EVERYTHING = {"guard", "summary", *(f"{stage}@{key}" for stage in STAGES for key in KEYS)}


def chain(key: str, first: str) -> set[str]:
    return {f"{stage}@{key}" for stage in STAGES[STAGES.index(first) :]}


def conf(name: str, old: str, new: str) -> Callable[[Repo], None]:
    def change(repo: Repo) -> None:
        repo.edit(name, old, new)
        repo.restage("compose")

    return change


def code(name: str, text: str) -> Callable[[Repo], None]:
    return lambda repo: repo.append(name, text)


def new_dataset(repo: Repo) -> None:
    repo.edit(
        "conf/suite/starter.yaml",
        "  - _self_\nsuite: tiny\ndatasets:\n",
        "  - /dataset@datasets.counting: sequence\n  - _self_\nsuite: tiny\n"
        "datasets:\n  counting: {train: {epochs: 1}}\n",
    )
    repo.restage("compose")


def own_model(repo: Repo) -> None:
    use_own_model(repo)
    repo.repro()
    repo.append("conf/models/layers.py", "\n# A comment.\n")


def locked(library: str) -> Callable[[Repo], None]:
    """Another line in requirements.lock: a stage refuses to run with another version than the one that is installed."""

    def change(repo: Repo) -> None:
        [line] = [text for text in repo.read("requirements.lock").splitlines() if text.startswith(f"{library}==")]
        repo.edit("requirements.lock", line, line.removesuffix("\\") + "; python_version > '3' \\")
        repo.restage("lock")

    return change


def ranges_of_a_search(repo: Repo) -> None:
    """DVC and the guard leave conf/tune out."""
    repo.append("conf/tune/iris.yaml", "train.shuffle: [true, false]\n")
    (repo.path / "conf/tune/line_exact.yaml").write_text("train.batch: [2, 3]\n")
    repo.restage("compose")
    assert repo.dvc("status").stdout.strip().endswith("Data and pipelines are up to date.")


def removed_dataset(repo: Repo) -> None:
    repo.edit("conf/suite/starter.yaml", "  - /dataset@datasets.line_exact: line_exact\n", "")
    repo.edit("conf/suite/starter.yaml", "  line_exact:\n    train: {epochs: 5}\n", "")
    repo.restage("compose")


def accepted_profile(repo: Repo) -> None:
    repo.restage("accept", "iris")


def what_no_stage_reads(repo: Repo) -> None:
    repo.append("stages/cli/app.py", "\n# One more line.\n")
    repo.write("tests/test_more.py", "# One more test.\n")
    repo.append("README.md", "\nOne more line.\n")
    for name in (
        "params.yaml",
        "conf/dataset/iris.yaml",
        "stages/train/loop/training_loop.py",
        "data/raw/iris/all.parquet",
    ):
        (repo.path / name).touch()


CHANGES: dict[str, tuple[Callable[[Repo], None], set[str]]] = {
    "what no stage reads, and the times of files": (what_no_stage_reads, set()),
    "ranges of a search": (ranges_of_a_search, set()),
    "epochs": (
        conf("conf/suite/starter.yaml", "epochs: 2", "epochs: 3"),
        {"guard", "summary"} | chain("iris", "train"),
    ),
    "scaler": (
        conf("conf/dataset/iris.yaml", "step: standard", "step: minmax"),
        {"guard", "summary"} | chain("iris", "preprocess"),
    ),
    "split": (
        conf("conf/dataset/iris.yaml", "order: stratified, seed: 0", "order: stratified, seed: 1"),
        {"guard", "summary"} | chain("iris", "preprocess"),
    ),
    "expectations": (
        conf("conf/dataset/iris.yaml", "max_value: 8}", "max_value: 9}"),
        {"guard", "validate@iris", "report@iris", "summary"},
    ),
    "a gate": (
        conf("conf/dataset/iris.yaml", "headline: accuracy", "headline: accuracy\n  gate: {at_least: {accuracy: 0.9}}"),
        {"guard"},
    ),
    "an accepted profile": (
        accepted_profile,
        {"guard", "validate@iris", "report@iris", "summary"},
    ),
    "a stage's code, with another result": (
        lambda repo: repo.edit(
            "stages/evaluate/evaluation_record.py", "round_significant(value)", "round_significant(value, 3)"
        ),
        {"summary"} | chain("iris", "evaluate") | chain("line_exact", "evaluate"),
    ),
    "a stage's code, with the same result": (
        code("stages/train/loop/training_loop.py", "\n# A comment.\n"),
        {"train@iris", "train@line_exact"},
    ),
    "core's code": (code("stages/core/paths.py", "\n# A comment.\n"), EVERYTHING),
    "a comment in another room": (
        code("stages/report/charts/svg.py", "\n# A comment.\n"),
        {"report@iris", "report@line_exact", "summary"},
    ),
    "a comment in conf": (code("conf/dataset/iris.yaml", "\n# A comment.\n"), {"guard"}),
    "a library of one stage": (
        code("stages/locked/report.txt", "paper==1.0 ; sys_platform == 'elsewhere'\n"),
        {"report@iris", "report@line_exact"},
    ),
    "a library in requirements.lock": (
        locked("jinja2"),
        {"report@iris", "report@line_exact", "summary"},
    ),
    "a linter in requirements.lock": (locked("ruff"), set()),
    "a file of an own model": (own_model, {"guard", "train@iris", "evaluate@iris"}),
    "a new dataset": (new_dataset, {"guard", "summary"} | chain("counting", "download")),
    "a removed dataset": (removed_dataset, {"guard", "summary"}),
}

# The first column of the table in docs/explanation/reproducibility.md, and the changes that are examples of it.
TABLE = {
    "the epochs of one dataset": ["epochs"],
    "its scaler or its split": ["scaler", "split"],
    "its expectations, or its accepted profile": ["expectations", "an accepted profile"],
    "its gate, `evaluate.gate`": ["a gate"],
    "the ranges of its search, in `conf/tune`": ["ranges of a search"],
    "the file of its own model, in `conf/models`": ["a file of an own model"],
    "a new dataset in the suite": ["a new dataset"],
    "a dataset that leaves the suite": ["a removed dataset"],
    "the code of a stage": [
        "a stage's code, with another result",
        "a stage's code, with the same result",
        "a comment in another room",
    ],
    "`stages/core`": ["core's code"],
    "a comment in `conf/`": ["a comment in conf"],
    "a library in `requirements.lock`, then `restage lock`": [
        "a library in requirements.lock",
        "a library of one stage",
    ],
    "a linter or a test library": ["a linter in requirements.lock"],
    "README, tests, the time of a file": ["what no stage reads, and the times of files"],
}
# Changes after which a stage gives the same bytes as before, so that later ones do not run.
SAME_RESULT = {"a stage's code, with the same result", "a file of an own model"}

IN_EVERY_RUN = {
    "what no stage reads, and the times of files",
    "ranges of a search",
    "a gate",
    "a comment in another room",
    "a removed dataset",
}


# A stage, and what `restage explain` names as its reason.
REASONS = {
    "epochs": ("train@iris", "datasets.iris.train.epochs 2 -> 3"),
    "scaler": ("preprocess@iris", "'standard' -> 'minmax'"),
    "expectations": ("validate@iris", "max_value 8 -> 9"),
    "an accepted profile": ("validate@iris", "accepted profile conf/accepted/iris.json (added, not committed)"),
    "a stage's code, with another result": ("evaluate@iris", "stages/evaluate/evaluation_record.py (not committed)"),
    "a stage's code, with the same result": ("train@line_exact", "stages/train/loop/training_loop.py (not committed)"),
    "core's code": ("download@iris", "stages/core/paths.py (not committed)"),
    "a comment in another room": ("summary", "stages/report/charts/svg.py (not committed)"),
    "a comment in conf": ("guard", "conf/dataset/iris.yaml (not committed)"),
    "a library of one stage": ("report@iris", "stages/locked/report.txt: paper none -> 1.0 ; sys_platform"),
    "a library in requirements.lock": ("summary", "stages/locked/summary.txt: jinja2 3.1.6 -> 3.1.6 ; python_version"),
    "a file of an own model": ("train@iris", "own model conf/models/layers.py (not committed)"),
    "a gate": ("guard", "evaluate.gate"),
    "a new dataset": ("summary", "the suite gained counting"),
    "a removed dataset": ("summary", "the suite lost line_exact"),
    "split": ("preprocess@iris", "split.seed 0 -> 1"),
}
# Each stage that runs has one reason to.
WITH_ONE_REASON = {"a removed dataset"}


@pytest.mark.parametrize("name", long_unless(IN_EVERY_RUN, CHANGES))
def test_exactly_what_depends_on_a_change_runs(name: str, repo: Repo) -> None:
    change, expected = CHANGES[name]
    change(repo)
    explanation = Explanation.model_validate_json(repo.restage("explain", "--json").stdout)
    assert repo.repro() == expected
    check_explanation(name, explanation, expected)
    if name == "split":
        assert repo.repro() == set()


def check_explanation(name: str, explanation: Explanation, ran: set[str]) -> None:
    """No stage that ran is missed, none is invented, and the reason is named."""
    certain, possible = names(explanation.with_result("runs")), names(explanation.with_result("may run"))
    assert certain <= ran <= certain | possible
    if name not in SAME_RESULT:
        assert ran == certain | possible
    if name in REASONS:
        wanted, text = REASONS[name]
        [stage] = [each for each in explanation.stages if each.stage == wanted]
        assert text in " ".join(map(reason_text, stage.reasons))
        if name in WITH_ONE_REASON:
            assert len(stage.reasons) == 1


def names(stages: list[StageExplanation]) -> set[str]:
    return {stage.stage for stage in stages}


def test_the_table_in_the_documentation_has_a_test_for_each_row() -> None:
    text = (ROOT / "docs/explanation/reproducibility.md").read_text(encoding="utf-8")
    lines = text.partition("| you change | what runs |")[2].partition("\n\n")[0].splitlines()
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == [*TABLE]
    assert sorted(name for names_of_row in TABLE.values() for name in names_of_row) == sorted(CHANGES)


def test_the_reason_of_each_change_that_reruns_a_stage_is_tested() -> None:
    assert REASONS.keys() == {name for name, (_, expected) in CHANGES.items() if expected}


def test_a_first_run_is_everything(finished: Repo, tmp_path: Path) -> None:
    fresh = finished.copy(tmp_path / "repo")
    assert fresh.dvc("status").stdout.strip().endswith("Data and pipelines are up to date.")
    assert set(fresh.dvc("stage", "list", "--name-only").stdout.split()) == EVERYTHING
