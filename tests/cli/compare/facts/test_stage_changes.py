from pathlib import Path
from typing import Any

import pytest

from stages.cli.compare.comparison import StageChange
from stages.cli.compare.facts.stage_changes import changed_inputs, stage_changes
from stages.cli.revisions.snapshot import open_snapshot
from stages.cli.run.last_run.stage_durations import save_durations
from tests.cli.compare.recorded_results import commit_results, predicted


def entry(params: Any = None, cmd: str = "run", out: str = "1", **deps: str) -> dict[str, Any]:
    names = {"code": "stages/core", "versions": "stages/locked/train.txt", "data": "data/raw/tiny",
             "profile": "data/guard/accepted/tiny.json", "model": "data/guard/models/tiny"}  # fmt: skip
    return {
        "cmd": cmd,
        "params": {"data/guard/params/tiny.json": {"train": params}},
        "deps": [{"path": names[name], "md5": md5} for name, md5 in deps.items()],
        "outs": [{"path": "data/models/tiny", "md5": out}],
    }


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        (entry(code="1"), entry(code="1"), []),
        (entry(code="1"), entry(code="2"), ["code"]),
        (entry(params=1, data="1"), entry(params=2, data="2"), ["parameters", "data"]),
        (entry(versions="1"), entry(versions="2"), ["versions"]),
        (entry(), entry(profile="1"), ["accepted profile"]),
        (entry(model="1"), entry(), ["own model"]),
        (entry(), entry(cmd="other"), ["command"]),
        (entry(code="1", out="1"), entry(code="1", out="2"), ["outputs only"]),
        (entry(code="1", out="1"), entry(code="2", out="2"), ["code"]),
        (None, entry(), ["new"]),
        (entry(), None, ["removed"]),
        (None, None, []),
    ],
)
def test_what_differs_between_two_records(base: Any, head: Any, expected: list[str]) -> None:
    assert changed_inputs(base, head) == expected


def test_seconds_are_those_of_the_last_run_of_the_working_tree(repository: Path) -> None:
    commit_results("base", tiny=predicted())
    commit_results("head", tiny=predicted(params={"train": {"epochs": 2}}))
    save_durations({"train@tiny": 1.5, "evaluate@tiny": 3.0})
    with open_snapshot("base") as base, open_snapshot("head") as head, open_snapshot(None) as tree:
        assert stage_changes(base, head, "tiny") == [StageChange(stage="train", inputs=["parameters"])]
        assert stage_changes(base, tree, "tiny") == [StageChange(stage="train", inputs=["parameters"], seconds=1.5)]
