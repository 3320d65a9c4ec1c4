"""Full disks, missing rights, damaged files: the message names the file and what to do, and nothing is lost."""

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.core.runtime.preload_client import FOLDER_VARIABLE
from tests.stories.long_cases import long_unless
from tests.stories.repo import Repo, environment, remove

pytestmark = pytest.mark.error_case("errors of disk and files handled")
OUTPUTS = {
    "download": "data/raw/iris",
    "validate": "reports/validation/iris.json",
    "preprocess": "data/processed/iris",
    "train": "data/models/iris",
    "evaluate": "data/predictions/iris",
    "report": "reports/pages/iris.html",
}
# A file that a stage reads, and the stage that makes it.
INPUTS = [
    ("validate", "data/raw/iris/all.parquet", "download"),
    ("preprocess", "data/raw/iris/meta.json", "download"),
    ("train", "data/processed/iris/train/input.x.npy", "preprocess"),
    ("train", "data/processed/iris/fitted.json", "preprocess"),
    ("evaluate", "data/models/iris/training.json", "train"),
    ("report", "data/predictions/iris/predictions.csv", "evaluate"),
]
DRIFT = "  drift: {exceeded: fail}\n"
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


@pytest.fixture(scope="module")
def shared_repo(finished: Repo, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """For tests that leave what they found."""
    return finished.copy(tmp_path_factory.mktemp("disk") / "repo")


def stderr_of_failure(repo: Repo, name: str, prepare: Callable[[], object] | None = None) -> str:
    """Of a stage that fails with a message and no traceback. `prepare` is called in its process."""
    argv = [sys.executable, "-m", f"stages.{name}", "iris"]
    preloaded = "" if prepare else repo.preloaded
    done = subprocess.run(
        argv, cwd=repo.path, env=environment() | {FOLDER_VARIABLE: preloaded}, capture_output=True, text=True,
        timeout=120, check=False, preexec_fn=prepare,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(f"restage: {name}@iris: ")
    return done.stderr


def read_files(repo: Repo) -> dict[str, bytes]:
    found = [f for folder in ("data", "reports") for f in (repo.path / folder).rglob("*") if f.is_file()]
    return {str(f.relative_to(repo.path)): f.read_bytes() for f in found}


def limit_file_size() -> None:
    """The system refuses larger files, as it does on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))


def drop_root_rights() -> None:
    """Root may write everywhere without this."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.mark.parametrize("name", long_unless(["preprocess", "report"], OUTPUTS))
def test_full_disk(name: str, repo: Repo) -> None:
    before = read_files(repo)
    stderr = stderr_of_failure(repo, name, limit_file_size)
    assert OUTPUTS[name] in stderr
    assert "cannot be written (" in stderr
    assert "free some space" in stderr
    after = read_files(repo)
    assert not [file for file in after if ".incomplete" in file]
    # The old result of a validation is removed before the new one is computed.
    own = ("data/valid/iris", OUTPUTS["validate"], "reports/profiles/iris.json") if name == "validate" else ()
    assert after == {file: content for file, content in before.items() if file not in own}


@pytest.mark.skipif(sys.platform != "linux", reason="root gives up its rights on Linux only")
@pytest.mark.parametrize("name", long_unless(["report"], ["download", "preprocess", "report"]))
def test_read_only_folder(name: str, repo: Repo) -> None:
    before, folder = read_files(repo), (repo.path / OUTPUTS[name]).parent
    folder.chmod(0o555)
    stderr = stderr_of_failure(repo, name, drop_root_rights)
    folder.chmod(0o755)
    assert f"{OUTPUTS[name]}.incomplete: cannot be written (Permission denied)" in stderr
    assert read_files(repo) == before


@pytest.mark.skipif(sys.platform != "linux", reason="root gives up its rights on Linux only")
@pytest.mark.parametrize("folder", long_unless([".dvc"], [".dvc", ".dvc/tmp", "site"]))
def test_restage_run_in_a_read_only_folder(folder: str, repo: Repo) -> None:
    (repo.path / "site").mkdir()
    for path in [repo.path / folder, *(repo.path / folder).rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    assert_one_message(run_with(repo, drop_root_rights), folder)


def test_restage_run_on_a_full_disk(repo: Repo) -> None:
    """DVC's database, its cache, the record and the outputs: nothing can be written."""
    assert_one_message(run_with(repo, limit_file_size), "")


@pytest.mark.long
def test_without_a_folder_for_temporary_files_a_run_works(repo: Repo) -> None:
    repo.edit("conf/dataset/iris.yaml", "title: Iris", "title: Flowers")
    done = repo.run(sys.executable, "-m", "stages.cli", "run", "--no-preload", env={"TMPDIR": "/proc/no_such_folder"})
    assert "report@iris" in done.stdout


def run_with(repo: Repo, prepare: Callable[[], object]) -> "subprocess.CompletedProcess[str]":
    repo.edit("conf/dataset/iris.yaml", "title: Iris", "title: Flowers")
    return subprocess.run(
        [sys.executable, "-m", "stages.cli", "run", "--no-preload"], cwd=repo.path, preexec_fn=prepare,
        env=environment() | {"DVC_SITE_CACHE_DIR": str(repo.path / "site")},
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def assert_one_message(done: "subprocess.CompletedProcess[str]", file: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert file in done.stderr
    assert "cannot be written (" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("name", "file", "maker"), INPUTS)
@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_missing_or_damaged_input(name: str, file: str, maker: str, damage: str, shared_repo: Repo) -> None:
    path = shared_repo.path / file
    content = path.read_bytes()
    path.unlink()
    if damage == "missing":
        expected = [f"{file}: not found; run `dvc repro {maker}@iris`"]
    else:
        path.write_bytes(content[:20])
        expected = [f"{file}: damaged (", f"run `dvc repro --force {maker}@iris`"]
    stderr = stderr_of_failure(shared_repo, name)
    path.write_bytes(content)
    assert [text for text in expected if text not in stderr] == [], stderr


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(Path.unlink, id="missing", marks=pytest.mark.long),
        pytest.param(lambda path: os.truncate(path, 20), id="truncated"),
    ],
)
def test_the_next_run_restores_missing_and_damaged_files(damage: Callable[[Path], None], repo: Repo) -> None:
    before = read_files(repo)
    for _, file, _ in INPUTS:
        damage(repo.path / file)
    repo.repro()
    assert read_files(repo) == before
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0


@pytest.mark.long
@pytest.mark.parametrize("runner", ["restage run", "dvc repro"])
def test_no_stage_computes_from_a_damaged_cache_object(runner: str, repo: Repo) -> None:
    """DVC checks it out without an error and reports that all is up to date."""
    file = repo.path / "data/raw/line_exact/train.parquet"
    content, lock = file.read_bytes(), repo.read("dvc.lock")
    cached = next(f for f in (repo.path / ".dvc/cache").rglob("*") if f.is_file() and f.read_bytes() == content)
    cached.chmod(0o644)
    cached.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    cached.chmod(0o444)
    remove(file.parent)
    repo.dvc("checkout")
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0
    repo.edit("conf/dataset/line_exact.yaml", "validate:\n", f"validate:\n{DRIFT}")

    if runner == "restage run":
        assert "damaged inputs" in repo.restage("run", "--no-preload").stdout
    else:
        repo.restage("compose")
        failed = repo.dvc("repro", ok=False)
        assert failed.returncode != 0
        assert f"damaged inputs: {file.relative_to(repo.path)}: " in failed.stderr
        assert "download@line_exact" in repo.repro()
    assert file.read_bytes() == cached.read_bytes() == content
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0
    repo.edit("conf/dataset/line_exact.yaml", DRIFT, "")
    repo.restage("run", "--no-preload")
    assert repo.read("dvc.lock") == lock
