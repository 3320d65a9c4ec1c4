"""The fingerprint differs whenever DVC finds a stale stage that was not stale before."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from dvc.exceptions import DvcException

from stages.core.dvc.repository import Repository
from stages.core.dvc.working_tree.fingerprint import fingerprint
from tests.stories import plain_repository

CACHE = Path(".dvc/cache/files/md5")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_repository.build(tmp_path_factory.mktemp("plain"))


@pytest.fixture
def repository(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(built, tmp_path / "work", symlinks=True)
    monkeypatch.chdir(tmp_path / "work")
    assert stale_stages() == set()
    return tmp_path / "work"


def stale_stages() -> set[str]:
    repository = Repository()
    return repository.changed(repository.read_stages())


def is_refused_or_stale() -> bool:
    """What DVC refuses, a run has to report."""
    try:
        return bool(stale_stages())
    except DvcException:
        return True


def write(name: str, text: str) -> Callable[[], object]:
    def change() -> None:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)

    return change


def replace(name: str, old: str, new: str) -> Callable[[], object]:
    def change() -> None:
        text = Path(name).read_text()
        assert old in text
        Path(name).write_text(text.replace(old, new, 1))

    return change


def cached_objects(is_folder: bool) -> list[Path]:
    return [file for file in sorted(CACHE.rglob("*")) if file.is_file() and (file.suffix == ".dir") is is_folder]


def remove_all(is_folder: bool) -> None:
    for file in cached_objects(is_folder):
        file.chmod(0o644)
        file.unlink()


def with_old_time(name: str, text: str) -> Callable[[], object]:
    """A file that is restored from an archive has the time that it had there."""

    def change() -> None:
        Path(name).unlink()
        Path(name).write_text(text)
        os.utime(name, (1, 1))

    return change


CHANGES: dict[str, Callable[[], object]] = {
    "a source": write("sources/a.txt", "z"),
    "a source of the same size, with an old time": with_old_time("sources/a.txt", "z"),
    "no source": lambda: Path("sources/a.txt").unlink(),
    "an output": lambda: Path("data/raw/a/meta.json").write_text("other"),
    "a file more in an output": write("data/raw/a/more/deep.txt", "x"),
    "a file less in an output": lambda: Path("data/models/b/meta.json").unlink(),
    "no output": lambda: shutil.rmtree("data/processed/a"),
    "a metric": write("metrics/a.json", "{}"),
    "no files in the cache": lambda: remove_all(is_folder=False),
    "no lists of files in the cache": lambda: remove_all(is_folder=True),
    "a command": replace("dvc.yaml", "python3 make.py data/raw/${key} ", "python3  make.py data/raw/${key} "),
    "a stage more": replace("dvc.yaml", "stages:\n", "stages:\n  other: {cmd: echo}\n"),
    "a record": replace("dvc.lock", "md5: ", "md5: 0"),
    "no record": lambda: Path("dvc.lock").unlink(),
    "an ignored file": write(".dvcignore", "meta.json\n"),
    "a pipeline in a folder": write("folder/dvc.yaml", "stages: {other: {cmd: echo}}\n"),
    "another cache": write(".dvc/config.local", "[cache]\n    dir = elsewhere\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_makes_a_stage_stale(name: str, repository: Path) -> None:
    before = fingerprint(CACHE)
    CHANGES[name]()
    assert fingerprint(CACHE) != before
    assert is_refused_or_stale(), "this change is no example"


def test_nothing_changed(repository: Path) -> None:
    before = fingerprint(CACHE)
    assert stale_stages() == set()
    write("unrelated.txt", "x")()
    write(".hidden/dvc.yaml", "no pipeline")()
    assert fingerprint(CACHE) == before


@pytest.mark.parametrize("file", ["dvc.lock.incomplete", "params.yaml.incomplete", "data/x.incomplete"])
def test_what_a_killed_process_left_is_seen(file: str, repository: Path) -> None:
    before = fingerprint(CACHE)
    write(file, "")()
    assert fingerprint(CACHE) != before
