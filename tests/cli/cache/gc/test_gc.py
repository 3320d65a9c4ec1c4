"""`restage gc` in the small repository. Branch `wider` has a `data/raw/b` of its own, and all that is made of it."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stages.cli.app import app
from tests.cli.cache.damage_objects import damage, recorded, remove
from tests.stories.plain_repository import checkout, objects, run


def gc(*arguments: str, fails: bool = False) -> str:
    done = CliRunner().invoke(app, ["gc", *arguments])
    assert (done.exit_code, done.exception is None or isinstance(done.exception, SystemExit)) == (int(fails), True)
    return done.output


@pytest.fixture
def of_wider(repository: Path) -> set[str]:
    """The objects that only the branch needs; the branch is gone."""
    main = only_of("main")
    wider = only_of("wider") - main
    run(repository, "git", "switch", "--quiet", "main")
    assert checkout() is None
    run(repository, "git", "branch", "--quiet", "-D", "wider")
    assert wider
    return wider


def only_of(branch: str) -> set[str]:
    run(Path(), "git", "switch", "--quiet", branch)
    assert checkout() is None
    paths = [f"{kind}/{key}" for kind in ("data/raw", "data/processed", "data/models") for key in "ab"]
    folders = {recorded(path) for path in paths}
    files = {recorded(p, f) for p in paths for f in ("meta.json", "train/input.npy", "train/target.npy")}
    return folders | files | {recorded(f"{kind}/{key}.{end}") for kind, end in (("history", "csv"),) for key in "ab"}


def test_what_branches_need_stays(repository: Path) -> None:
    before = objects("cache")
    assert f"0 of {len(before)} objects, 0 runs" in gc("--delete")
    assert objects("cache") == before


def test_nothing_is_deleted_without_delete(of_wider: set[str], repository: Path) -> None:
    before = objects("cache"), objects("remote")
    output = gc()
    assert f" {len(of_wider) + 1} objects  b" in output  # and its metrics
    assert "objects  a" not in output
    assert "--delete" in output
    gc("--remote")
    assert (objects("cache"), objects("remote")) == before


def test_what_nothing_needs_is_deleted(of_wider: set[str], repository: Path) -> None:
    before, remote, runs = objects("cache"), objects("remote"), run_entries()
    gc("--delete")
    assert before.keys() - objects("cache").keys() > of_wider
    assert len(runs) - len(run_entries()) == 4
    assert objects("remote") == remote
    assert checkout() is None
    assert run(repository, "dvc", "status", "--quiet") == ""
    assert "0.00B" in gc()


def test_metrics_stay_for_the_run_cache(of_wider: set[str], repository: Path) -> None:
    """`dvc gc` removes them, and then evaluate runs again in place of being restored."""
    gc("--delete")
    assert recorded("metrics/a.json") in objects("cache")


def test_a_remote_has_to_be_named(of_wider: set[str], repository: Path) -> None:
    before, cache = objects("remote"), objects("cache")
    assert "--delete --remote NAME" in gc("--delete", "--remote", fails=True)
    assert objects("remote") == before
    assert "git fetch" in gc("--delete", "--remote", "team")
    assert before.keys() - objects("remote").keys() == of_wider
    assert objects("cache") == cache


@pytest.mark.parametrize(
    "keep",
    [
        ("git", "tag", "--annotate", "--message", "1", "v1", "wider"),
        ("git", "update-ref", "refs/exps/1a/2b3c/apt-yolk", "wider"),
        ("git", "update-ref", "refs/remotes/origin/wider", "wider"),
        ("git", "worktree", "add", "--quiet", "--detach", "../other", "wider"),
    ],
    ids=["tag", "experiment", "branch of a remote", "another work tree"],
)
def test_every_reference_counts(keep: tuple[str, ...], repository: Path) -> None:
    run(repository, *keep)
    run(repository, "git", "branch", "--quiet", "-D", "wider")
    before = objects("cache")
    gc("--delete")
    assert objects("cache") == before


def test_stashes_count(repository: Path) -> None:
    """Also those below the newest."""
    lock = run(repository, "git", "show", "wider:dvc.lock")
    for text in (lock, "schema: '2.0'\nstages: {}\n"):
        Path("dvc.lock").write_text(text)
        run(repository, "git", "stash", "--quiet")
    run(repository, "git", "branch", "--quiet", "-D", "wider")
    before = objects("cache")
    gc("--delete")
    assert objects("cache") == before


def test_a_record_that_is_not_committed_counts(repository: Path) -> None:
    Path("dvc.lock").write_text(run(repository, "git", "show", "wider:dvc.lock"))
    run(repository, "git", "branch", "--quiet", "-D", "wider")
    before = objects("cache")
    gc("--delete")
    assert objects("cache") == before


def test_a_stage_that_dvc_yaml_has_no_more_counts(repository: Path) -> None:
    """A dataset of another suite: `dvc gc` removes its results."""
    before = objects("cache")
    pipeline = Path("dvc.yaml").read_text()
    Path("dvc.yaml").write_text(pipeline.replace("{a: 1, b: 1}", "{a: 1}"))
    run(repository, "git", "branch", "--quiet", "-D", "wider")
    gc("--delete")
    kept = objects("cache")
    assert recorded("data/raw/b") in kept
    run(repository, "dvc", "gc", "--workspace", "--force", "--quiet")
    assert objects("cache").keys() < kept.keys() < before.keys()


def test_datasets_of_no_suite_are_marked(of_wider: set[str], repository: Path) -> None:
    Path("conf/suite").mkdir(parents=True)
    Path("conf/suite/starter.yaml").write_text("defaults:\n  - /dataset@datasets.a: a\n")
    unused, kept = gc().split("no longer needed")
    assert "b (no longer in any suite)" in unused
    assert "b (no longer in any suite)" in kept
    assert "  a" not in kept


def test_results_that_were_never_committed_are_known_from_the_run_cache(repository: Path) -> None:
    lock = Path("dvc.lock").read_text()
    Path("sources/a.txt").write_text("tried")
    run(repository, "dvc", "repro", "--quiet")
    Path("dvc.lock").write_text(lock)
    assert " 14 objects  a\n" in gc()


def test_a_damaged_list_of_files_deletes_nothing(of_wider: set[str], repository: Path) -> None:
    damage("cache", recorded("data/raw/a"))
    damage("remote", recorded("data/raw/b"))
    before = objects("cache")
    gc()  # the lists are taken from the other side
    remove("remote", recorded("data/raw/a"))
    assert "data/raw/a" in gc("--delete", fails=True)
    assert objects("cache") == before


def test_a_cache_outside_of_the_repository_may_be_shared(of_wider: set[str], repository: Path) -> None:
    shutil.move(".dvc/cache", "../shared")
    run(repository, "dvc", "cache", "dir", "--local", "../shared")
    count = len(list(Path("../shared").rglob("*")))
    assert "--shared" in gc("--delete", fails=True)
    assert len(list(Path("../shared").rglob("*"))) == count
    gc("--delete", "--shared")
    assert len(list(Path("../shared").rglob("*"))) < count


@pytest.mark.parametrize("lock", ["<<<<<<< ours\n", "schema: '2.0'\nstages:\n  a:\n    outs: 3\n"])
def test_a_record_that_cannot_be_read_deletes_nothing(lock: str, repository: Path) -> None:
    before = objects("cache")
    Path("dvc.lock").write_text(lock)
    assert "dvc.lock of the work tree" in gc("--delete", fails=True)
    assert objects("cache") == before


def run_entries() -> list[Path]:
    return [file for file in Path(".dvc/cache/runs").rglob("*") if file.is_file()]
