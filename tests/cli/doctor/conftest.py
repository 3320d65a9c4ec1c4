"""A folder like a clone, with the few files that a check reads."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PARAMS = "datasets:\n  iris:\n    train:\n      threads: 1\n  wine:\n    train: {}\nsuite: tiny\n"
PIPELINE = """\
stages:
  guard:
    cmd: exec python3 -m stages.guard
  train:
    foreach: ${datasets}
    do:
      cmd: exec python3 -m stages.train ${key}
"""
ALL_STAGES = ("guard", "train@iris", "train@wine")


def write(name: str, text: str = "") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def lock_text(*stages: str) -> str:
    return "schema: '2.0'\nstages:\n" + "".join(f"  {stage}:\n    cmd: a\n" for stage in stages)


def git(*arguments: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "change")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of the test, with dvc.yaml, params.yaml and dvc.lock; not a Git repository."""
    monkeypatch.chdir(tmp_path)
    write("dvc.yaml", PIPELINE)
    write("params.yaml", PARAMS)
    write("dvc.lock", lock_text(*ALL_STAGES))
    return tmp_path


@pytest.fixture
def repository(folder: Path) -> Path:
    """The same as a Git repository; all is committed."""
    git("init", "--quiet", "--initial-branch", "main")
    write(".gitattributes", (ROOT / ".gitattributes").read_text(encoding="utf-8"))
    write(".gitignore", "/data/*/\n")
    commit()
    return folder
