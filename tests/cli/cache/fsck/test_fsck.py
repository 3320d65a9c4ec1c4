"""The cases of tests.stories.damages by name, and what a person reads."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stages.cli.app import app
from stages.cli.cache.check_files import CHECKED
from stages.core.dvc.storage.object_stores import ObjectStore
from tests.cli.cache.damage_objects import damage, quarantined_files, recorded, remove
from tests.stories.plain_repository import checkout, objects, results, run

FILE = "train/input.npy"
FOLDER = "data/processed/a"


def fsck(*arguments: str, fails: bool = False) -> str:
    done = CliRunner().invoke(app, ["fsck", *arguments])
    assert (done.exit_code, done.exception is None or isinstance(done.exception, SystemExit)) == (int(fails), True)
    return done.output


def line_with(text: str, output: str) -> str:
    [line] = [line for line in output.splitlines() if text in line]
    return line


@pytest.mark.parametrize("arguments", [(), ("--check",), ("--remote",), ("--remote", "team"), ("--remote", "--check")])
def test_nothing_is_wrong(arguments: tuple[str, ...], repository: Path) -> None:
    before = objects("cache"), objects("remote"), results()
    assert "damaged" not in fsck(*arguments)
    assert (objects("cache"), objects("remote"), results()) == before


def test_a_damaged_object_is_named_and_fetched(repository: Path) -> None:
    before = objects("cache")
    damage("cache", recorded(FOLDER, FILE))
    shutil.rmtree(FOLDER)
    line = line_with("damaged in cache", fsck("--remote"))
    assert [
        text for text in (FOLDER, FILE, "preprocess@a", "the work tree", "main (", "remote team") if text not in line
    ] == []
    assert objects("cache") == before


def test_an_object_that_is_damaged_on_the_remote_is_pushed_again(repository: Path) -> None:
    before = objects("remote")
    damage("remote", recorded(FOLDER))
    remove("remote", recorded("history/b.csv"))
    output = fsck("--remote")
    assert "repaired from cache" in line_with("damaged in remote team", output)
    assert "history/b.csv" in line_with("missing in remote team", output)
    assert objects("remote") == before


def test_without_a_remote_the_work_tree_is_the_other_side(repository: Path) -> None:
    before = objects("cache")
    for name in (recorded(FOLDER, FILE), recorded(FOLDER)):
        damage("cache", name)
    line = line_with("repaired from the work tree", fsck())
    assert f"{FOLDER} (list of files, {FILE})" in line
    assert objects("cache") == before


def test_check_repairs_nothing(repository: Path) -> None:
    damage("cache", recorded(FOLDER, FILE))
    remove("remote", recorded("history/b.csv"))
    before = objects("cache"), objects("remote")
    output = fsck("--remote", "--check", fails=True)
    assert output.count("can be repaired from") == 2
    assert "2 damaged or missing" in output
    assert (objects("cache"), objects("remote")) == before


@pytest.mark.parametrize("cache_type", ["copy", "hardlink", "symlink"])
def test_the_work_tree_gets_the_right_bytes(cache_type: str, repository: Path) -> None:
    before = results()
    run(repository, "dvc", "config", "--local", "cache.type", cache_type)
    shutil.rmtree("data")
    damage("cache", recorded(FOLDER, FILE))
    assert checkout() is None
    assert Path(FOLDER, FILE).read_bytes() == b"damaged"
    assert FILE in line_with("damaged in the work tree", fsck("--remote"))
    assert results() == before
    assert Path(FOLDER, FILE).is_symlink() == (cache_type == "symlink")


def test_a_copy_of_an_object_that_was_repaired_since(repository: Path) -> None:
    """DVC takes it for intact; nothing in the cache shows the damage any more."""
    before = results()
    name = recorded(FOLDER, FILE)
    content = objects("cache")[name]
    damage("cache", name)
    shutil.rmtree(FOLDER)
    checkout()
    damage("cache", name, content)
    assert "damaged in the work tree" in fsck()
    assert results() == before


def test_a_file_that_a_person_edited_is_left(repository: Path) -> None:
    Path(FOLDER, FILE).unlink()
    Path(FOLDER, FILE).write_text("edited")
    damage("cache", recorded(FOLDER, FILE))
    fsck("--remote")
    assert Path(FOLDER, FILE).read_text() == "edited"


def test_an_object_that_no_side_has_is_moved_away(repository: Path) -> None:
    name = recorded(FOLDER, FILE)
    damage("cache", name)
    damage("remote", name, b"also damaged")
    shutil.rmtree("data")
    checkout()
    output = fsck("--remote", fails=True)
    assert output.count("`restage run` makes it again") == 2
    assert {b"damaged", b"also damaged"} <= set(quarantined_files())
    assert name not in objects("cache") | objects("remote")
    assert not Path(FOLDER, FILE).exists()
    assert "missing in cache" in fsck("--remote", fails=True)
    run(repository, "dvc", "repro")
    assert "missing" in fsck("--remote")
    assert "missing" not in fsck("--remote")


def test_an_object_of_another_branch_only(repository: Path) -> None:
    run(repository, "git", "switch", "--quiet", "wider")
    name = recorded("history/b.csv")
    run(repository, "git", "switch", "--quiet", "main")
    damage("cache", name)
    remove("remote", name)
    line = line_with("damaged in cache", fsck("--remote", fails=True))
    assert "wider (" in line
    assert "main (" not in line
    assert "git checkout" in line


def test_an_object_that_no_record_needs(repository: Path) -> None:
    name = "0" * 32
    damage_file = Path(".dvc/cache/files/md5/00", name[2:])
    damage_file.parent.mkdir(exist_ok=True)
    damage_file.write_bytes(b"old")
    assert f"{name}, which no record needs" in fsck(fails=True)
    assert not damage_file.exists()
    fsck()


def test_results_that_dvc_does_not_cache_may_be_missing(repository: Path) -> None:
    """Metrics are in Git; the run cache puts a copy into the cache, and `dvc push` does not push it."""
    name = recorded("metrics/a.json")
    assert name not in objects("remote")
    remove("cache", name)
    assert "missing" not in fsck("--remote")


def test_a_damaged_entry_of_the_run_cache(repository: Path) -> None:
    entries = sorted(file for file in Path(".dvc/cache/runs").rglob("*") if file.is_file())
    before = entries[0].read_bytes()
    entries[0].write_bytes(before.replace(b"size: ", b"size: 1", 1))
    entries[1].write_bytes(entries[1].read_bytes().replace(b"md5: ", b"md5: 1", 1))
    assert "repaired from remote team" in line_with(entries[1].name, fsck("--remote"))
    entries[1].write_text("outs: [")
    assert fsck("--check", fails=True).count("run cache") == 1
    assert "removed" in line_with(entries[1].name, fsck())
    assert not entries[1].exists()


def test_an_interrupted_check_continues(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = ObjectStore.md5

    def md5(store: ObjectStore, file: str) -> str:
        if len(read) == 10:
            raise KeyboardInterrupt
        read.append(file)
        return original(store, file)

    monkeypatch.setattr(ObjectStore, "md5", md5)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    interrupted = CliRunner().invoke(app, ["fsck"])
    assert interrupted.exit_code == 130
    assert CHECKED.exists()
    first = list(read)
    read[:] = ["continued"] * 11
    fsck()
    assert set(first).isdisjoint(read)
    assert len(read) + len(first) - 11 == len(objects("cache"))
    assert not CHECKED.exists()
    fsck()
    assert set(first) < set(read)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(("team",), "--remote team"), (("--remote", "nowhere"), "nowhere")],
)
def test_wrong_arguments(arguments: tuple[str, ...], expected: str, repository: Path) -> None:
    assert expected in fsck(*arguments, fails=True)


def test_a_remote_that_cannot_be_read(repository: Path) -> None:
    run(repository, "dvc", "remote", "modify", "--local", "team", "url", str(repository / "dvc.yaml"))
    fsck("--remote", fails=True)


def test_a_record_that_cannot_be_read(repository: Path) -> None:
    Path("dvc.lock").write_text("<<<<<<< ours\n")
    assert "dvc.lock of the work tree" in fsck(fails=True)
