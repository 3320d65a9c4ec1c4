"""The fingerprint differs whenever DVC finds a stale stage that was not stale before."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from dvc.exceptions import DvcException

from stages.core.dvc.repository import Repository
from stages.core.dvc.working_tree import fingerprint as module
from stages.core.dvc.working_tree.fingerprint import Fingerprint
from stages.core.dvc.working_tree.unchanged_stages import DeclaringValues, UnchangedStages
from tests.stories import plain_repository

CACHE = Path(".dvc/cache/files/md5")
CONFIGURATION = [Path(".dvc/config"), Path(".dvc/config.local"), Path("elsewhere/config")]


def of_stages() -> Fingerprint:
    return module.fingerprint(CACHE, CONFIGURATION)


def fingerprint() -> str:
    return of_stages().state


@pytest.fixture(scope="module")
def built(shared: Path) -> Path:
    return plain_repository.build_once(shared / "plain")


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


def linked(folder: str, file: str) -> None:
    """The folder is on another disk."""
    shutil.move(folder, "disk")
    Path(folder).symlink_to(Path("disk").resolve())
    Path("disk", file).write_text("other")


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
    "a pipeline in a hidden folder": write(".hidden/dvc.yaml", "stages: {other: {cmd: echo}}\n"),
    "a linked output that changed": lambda: linked("data/raw/a", "meta.json"),
    "another cache": write(".dvc/config.local", "[cache]\n    dir = elsewhere\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_makes_a_stage_stale(name: str, repository: Path) -> None:
    """None that DVC finds stale is taken for unchanged."""
    before, unchanged, values = of_stages(), UnchangedStages(), DeclaringValues({}, {})
    for stage in before.stages:
        unchanged.add(stage, before, values)
    CHANGES[name]()
    now = of_stages()
    assert now.state != before.state
    assert is_refused_or_stale(), "this change is no example"
    with suppress(DvcException):
        assert not any(unchanged.is_unchanged(stage, now, values) for stage in stale_stages())


def test_a_change_of_one_dataset_says_nothing_of_others(repository: Path) -> None:
    before = of_stages().stages
    Path("data/raw/a/meta.json").write_text("other")
    changed = {stage for stage, state in of_stages().stages.items() if state != before[stage]}
    assert changed == {"download@a", "preprocess@a"}


def test_nothing_changed(repository: Path) -> None:
    before = fingerprint()
    assert stale_stages() == set()
    write("unrelated.txt", "x")()
    write(".venv/dvc.yaml", "no pipeline")()
    assert fingerprint() == before


@pytest.mark.parametrize("file", ["dvc.lock.incomplete", "params.yaml.incomplete", "data/x.incomplete"])
def test_what_a_killed_process_left_is_seen(file: str, repository: Path) -> None:
    before = fingerprint()
    write(file, "")()
    assert fingerprint() != before


@pytest.mark.parametrize("name", ["sources/a.txt", "data/raw/a/meta.json", "metrics/a.json"])
def test_an_edit_that_restores_size_and_time_is_seen(name: str, repository: Path) -> None:
    """DVC does not see it, unless it has lost its database of hashes."""
    before, status = fingerprint(), Path(name).stat()
    text = Path(name).read_text()
    with Path(name).open("r+") as file:
        file.write("#" if text[0] != "#" else "%")
    os.utime(name, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = Path(name).stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (status.st_ino, status.st_mtime_ns, status.st_size)
    assert fingerprint() != before


def test_another_file_of_the_same_size_and_time_is_seen(repository: Path) -> None:
    before, status = fingerprint(), Path("sources/a.txt").stat()
    Path("other").write_text("z")
    os.utime("other", ns=(status.st_atime_ns, status.st_mtime_ns))
    Path("other").replace("sources/a.txt")
    assert fingerprint() != before
    assert is_refused_or_stale()


def test_a_folder_that_contains_itself_by_links(repository: Path) -> None:
    Path("data/raw/a/up").symlink_to(Path("data").resolve())
    Path("data/raw/b/up").symlink_to(Path("data/raw/a").resolve())
    before = fingerprint()
    Path("data/raw/b/meta.json").write_text("other")
    assert fingerprint() != before


def test_a_setting_elsewhere(repository: Path) -> None:
    """Settings of the user and of the system are not in the repository."""
    before = fingerprint()
    write("elsewhere/config", "[cache]\n    dir = other\n")()
    assert fingerprint() != before


def is_in_fingerprint() -> bool:
    repository = Repository()
    repository.read_stages()
    return repository.is_in_fingerprint


EXTRA_STAGE = "  extra:\n    cmd: echo\n    deps: ['{dep}']\n"
# What a run keeps no state for, since the fingerprint does not see all of it.
NOT_SEEN: dict[str, Callable[[], object]] = {
    "a pipeline in a folder": write("folder/dvc.yaml", "stages: {other: {cmd: echo}}\n"),
    "a stage in a folder": replace("dvc.yaml", "stages:\n", "stages:\n  extra: {cmd: echo, wdir: sources}\n"),
    "an input elsewhere": replace(
        "dvc.yaml", "stages:\n", "stages:\n" + EXTRA_STAGE.format(dep="http://127.0.0.1:1/all.csv")
    ),
    "a stage that is not recorded": replace("dvc.yaml", "stages:\n", "stages:\n" + EXTRA_STAGE.format(dep="make.py")),
    "values in a file": lambda: (
        write("values.yaml", "value: 1\n")(), replace("dvc.yaml", "stages:\n", "vars: [values.yaml]\nstages:\n")()
    ),
}  # fmt: skip


def test_all_that_stages_read_is_seen(repository: Path) -> None:
    assert is_in_fingerprint()


@pytest.mark.parametrize("name", NOT_SEEN)
def test_what_is_not_seen_is_known(name: str, repository: Path) -> None:
    NOT_SEEN[name]()
    assert not is_in_fingerprint()
