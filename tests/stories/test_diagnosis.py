"""`restage doctor` in a repository with results: it changes nothing but what a killed DVC left corrupt."""

import json
import sys
from pathlib import Path

import pytest

from tests.stories.repo import Repo


def levels(repo: Repo) -> dict[str, str]:
    done = repo.restage("doctor", "--json", ok=False)
    document = json.loads(done.stdout)
    assert done.returncode == (1 if document["problems"] else 0), done.stdout
    return {finding["check"]: finding["level"] for finding in document["checks"]}


def contents(repo: Repo) -> dict[Path, tuple[int, bytes]]:
    files = (path for path in repo.path.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In that of the machine, other processes may have left folders, which are a problem."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))


def test_a_finished_run_has_no_problem_and_damage_is_found_and_repaired(repo: Repo) -> None:
    Path(repo.path, ".venv").symlink_to(sys.prefix)
    before = contents(repo)
    found = levels(repo)
    assert contents(repo) == before
    assert [name for name, level in found.items() if level == "problem"] == []
    assert {found[name] for name in ("dvc.lock", "stages never run", "parameters", "incomplete files")} == {"ok"}

    record = repo.read("dvc.lock")
    repo.write("dvc.lock", record[: len(record) // 2].rstrip("\n"))
    repo.write(".dvc/tmp/rwlock", "{")
    repo.edit("params.yaml", "epochs: 2", "epochs: 3")
    assert repo.dvc("status", ok=False).returncode != 0
    found = levels(repo)
    assert [name for name, level in found.items() if level == "problem"] == ["parameters"]
    assert [found[name] for name in ("repairs", "dvc.lock", "paths in use")] == ["warning", "ok", "ok"]
    repo.restage("compose")
    assert repo.restage("doctor").returncode == 0
    repo.dvc("status")
