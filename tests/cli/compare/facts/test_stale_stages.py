from pathlib import Path

import pytest
import yaml

from stages.cli.compare.facts.stale_stages import stale_stages
from stages.cli.revisions.snapshot import open_snapshot
from stages.core.dvc.storage.cache import md5_of_file, md5_of_folder
from tests.cli.revisions.recorded_repository import git

PARAMS = {"datasets": {"tiny": {"download": {"name": "a"}, "train": {"epochs": 1}}}}
CODE = {"stages/core/a.py": "a", "stages/core/sub/b.py": "b", "stages/train.py": "train"}
PIPELINE = {
    "download": {"foreach": "${datasets}", "do": {"deps": ["stages/core"]}},
    "train": {"foreach": "${datasets}", "do": {"deps": ["stages/core", "stages/train.py", "data/raw/${key}"]}},
}


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def record(raw: str = "1", read: str = "1") -> None:
    core = {name.removeprefix("stages/core/"): md5_of_file(Path(name)) for name in CODE if "core" in name}
    deps = [
        {"path": "stages/core", "md5": md5_of_folder(core)},
        {"path": "stages/train.py", "md5": md5_of_file(Path("stages/train.py"))},
        {"path": "data/raw/tiny", "md5": read},
    ]
    params = {name: {"data/guard/params/tiny.json": {name: PARAMS["datasets"]["tiny"][name]}} for name in PIPELINE}
    outs = [{"path": "data/raw/tiny", "md5": raw}]
    stages = {
        "download@tiny": {"deps": deps[:1], "params": params["download"], "outs": outs},
        "train@tiny": {"deps": deps, "params": params["train"]},
    }
    write("dvc.lock", yaml.safe_dump({"stages": stages}))


@pytest.fixture
def recorded(repository: Path) -> Path:
    for path, text in CODE.items():
        write(path, text)
    write("stages/__pycache__/a.pyc", "ignored by DVC")
    write("params.yaml", yaml.safe_dump(PARAMS))
    write("dvc.yaml", yaml.safe_dump({"stages": PIPELINE}))
    record()
    return repository


def stale() -> dict[str, list[str]]:
    """Of the working tree, and of a commit with the same files, which has to be the same."""
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "changed")
    with open_snapshot(None) as tree, open_snapshot("HEAD") as commit:
        found = [stale_stages(snapshot, snapshot.params, [*snapshot.datasets]) for snapshot in (tree, commit)]
    assert found[0] == found[1]
    return found[0]


def test_results_of_these_inputs_are_not_stale_without_the_data(recorded: Path) -> None:
    assert stale() == {}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("stages/core/sub/b.py", "changed", ["download", "train"]),
        ("stages/core/new.py", "new", ["download", "train"]),
        ("stages/train.py", "changed", ["train"]),
        ("stages/report.py", "of no stage", None),
    ],
)
def test_other_code(path: str, text: str, expected: list[str] | None, recorded: Path) -> None:
    write(path, text)
    assert stale() == ({"tiny": expected} if expected else {})


def test_other_parameters_and_a_dataset_that_never_ran(recorded: Path) -> None:
    sections = PARAMS["datasets"]["tiny"] | {"train": {"epochs": 2}}
    write("params.yaml", yaml.safe_dump({"datasets": {"tiny": sections, "other": {}}}))
    assert stale() == {"tiny": ["train"], "other": ["download", "train"]}


def test_data_that_a_later_stage_has_not_read(recorded: Path) -> None:
    record(raw="2", read="1")
    assert stale() == {"tiny": ["train"]}


def test_a_dependency_that_the_stage_did_not_have(recorded: Path) -> None:
    text = Path("dvc.yaml").read_text()
    write("dvc.yaml", text.replace("- data/raw/${key}", "- data/raw/${key}\n      - stages/core/a.py"))
    assert stale() == {"tiny": ["train"]}
