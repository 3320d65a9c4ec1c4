"""An entry of `artifacts:` in dvc.yaml: everything else stays as it was written."""

from pathlib import Path

import pytest
import yaml

from stages.cli.export.declare_artifact import with_artifact, without_artifacts_of
from stages.core.errors import UserError

ROOT = Path(__file__).parents[3]
ENTRY = {"path": "data/exports/iris", "type": "model", "desc": "Three: kinds, ü", "labels": ["classification"]}
STAGES = "# A comment.\nstages:\n  a:\n    cmd: echo   # of a\n"


def added_lines(before: str, after: str) -> list[str]:
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_the_first_artifact_is_appended_to_the_real_file() -> None:
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    changed = with_artifact(text, "iris", ENTRY)
    assert changed.startswith(text)
    assert yaml.safe_load(changed)["artifacts"] == {"iris": ENTRY}


def test_a_second_time_nothing_changes() -> None:
    changed = with_artifact(STAGES, "iris", ENTRY)
    assert with_artifact(changed, "iris", ENTRY) == changed


def test_another_artifact_comes_after_those_that_are_there() -> None:
    before = f"{STAGES}\nartifacts:\n  # Of others.\n  wine:\n    path: x  # here\n\n# The end.\nplots: []\n"
    after = with_artifact(before, "iris", {"path": "data/exports/iris"})
    assert added_lines(before, after) == ["  iris:", "    path: data/exports/iris"]
    assert list(yaml.safe_load(after)["artifacts"]) == ["wine", "iris"]
    assert after.endswith("\n\n# The end.\nplots: []\n")


def test_an_entry_is_replaced_where_it_is() -> None:
    before = (
        "artifacts:\n  iris:\n    path: old\n    labels:\n      - a\n\n  # Of wine.\n  wine:\n    path: x\nstages: {}\n"
    )
    after = with_artifact(before, "iris", {"path": "data/exports/iris"})
    assert (
        after == "artifacts:\n  iris:\n    path: data/exports/iris\n\n  # Of wine.\n  wine:\n    path: x\nstages: {}\n"
    )


@pytest.mark.parametrize("section", ["artifacts: {wine: {path: x}}\n", "artifacts:\n    wine:\n        path: x\n"])
def test_a_section_in_another_layout_is_not_changed(section: str) -> None:
    with pytest.raises(UserError, match=r"dvc\.yaml: .*by hand: iris: .*data/exports/iris"):
        with_artifact(f"stages: {{}}\n{section}", "iris", ENTRY)


def test_artifacts_of_a_path_are_removed_and_the_rest_stays() -> None:
    text = "# Stages.\nstages: {}\n\nartifacts:\n  # Of wine.\n  wine:\n    path: x\n"
    added = with_artifact(with_artifact(text, "iris", ENTRY), "again", ENTRY)
    assert without_artifacts_of(added, str(ENTRY["path"])) == text
    assert without_artifacts_of(text, "x") == "# Stages.\nstages: {}\n\n  # Of wine.\n"


def test_artifacts_in_another_layout_are_removed_by_hand() -> None:
    with pytest.raises(UserError, match=r"dvc\.yaml: .*remove iris by hand"):
        without_artifacts_of("stages: {}\nartifacts: {iris: {path: x}}\n", "x")
