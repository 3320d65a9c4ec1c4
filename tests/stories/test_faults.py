"""What happens to disks and files: the file is named with the way out, and nothing is lost."""

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.stories.repo import Repo, environment

pytestmark = pytest.mark.fault("errors of disk and files handled")
CHAIN = {
    "download": "data/raw/iris",
    "validate": "reports/validation/iris.json",
    "preprocess": "data/processed/iris",
    "train": "data/models/iris",
    "evaluate": "data/predictions/iris",
    "report": "reports/pages/iris.html",
}
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def stage(repo: Repo, name: str, before: Callable[[], object] | None = None) -> str:
    """What it says when it fails, as a person's mistake. What is done `before` is done to the process itself."""
    words = [sys.executable, "-m", f"stages.{name}", "iris"]
    done = subprocess.run(
        words, cwd=repo.path, env=environment() | {"RESTAGE_WARM": "" if before else repo.warm}, capture_output=True,
        text=True, timeout=120, check=False, preexec_fn=before,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(f"restage: {name}@iris: ")
    return done.stderr


def files(repo: Repo) -> dict[str, bytes]:
    found = [f for folder in ("data", "reports") for f in (repo.path / folder).rglob("*") if f.is_file()]
    return {str(f.relative_to(repo.path)): f.read_bytes() for f in found}


def no_room() -> None:
    """The system refuses what goes beyond, as it does on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))


def no_special_rights() -> None:
    """Root may write everywhere, unless it gives that up."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.mark.parametrize("name", CHAIN)
def test_no_room(name: str, repo: Repo) -> None:
    kept = files(repo)
    told = stage(repo, name, no_room)
    assert CHAIN[name] in told
    assert "cannot be written (" in told
    assert "make room" in told
    now = files(repo)
    assert not [file for file in now if ".incomplete" in file]
    # A verdict of the past is taken away before the new one is made.
    own = ("data/valid/iris", CHAIN["validate"], "reports/profiles/iris.json") if name == "validate" else ()
    assert now == {file: content for file, content in kept.items() if file not in own}


@pytest.mark.skipif(sys.platform != "linux", reason="root gives up its rights on Linux only")
@pytest.mark.parametrize("name", ["download", "preprocess", "report"])
def test_a_folder_that_may_not_be_written(name: str, repo: Repo) -> None:
    kept, folder = files(repo), (repo.path / CHAIN[name]).parent
    folder.chmod(0o555)
    told = stage(repo, name, no_special_rights)
    folder.chmod(0o755)
    assert f"{CHAIN[name]}.incomplete: cannot be written (Permission denied)" in told
    assert files(repo) == kept


@pytest.mark.parametrize(
    ("name", "file", "maker"),
    [
        ("validate", "data/raw/iris/all.parquet", "download"),
        ("preprocess", "data/raw/iris/meta.json", "download"),
        ("train", "data/processed/iris/train/input.x.npy", "preprocess"),
        ("train", "data/processed/iris/fitted.json", "preprocess"),
        ("evaluate", "data/models/iris/training.json", "train"),
        ("report", "data/predictions/iris/predictions.csv", "evaluate"),
    ],
)
@pytest.mark.parametrize("fault", ["missing", "cut short"])
def test_an_input_that_is_not_what_was_written(name: str, file: str, maker: str, fault: str, repo: Repo) -> None:
    place = repo.path / file
    if fault == "missing":
        place.unlink()
        assert f"{file}: not here; run `dvc repro {maker}@iris`" in stage(repo, name)
    else:
        os.truncate(place, 20)
        told = stage(repo, name)
        assert f"{file}: damaged (" in told
        assert f"run `dvc repro --force {maker}@iris`" in told
    repo.repro()
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0


def test_a_damaged_object_in_the_cache(repo: Repo) -> None:
    """DVC checks it out without a word, says that all is up to date, and leaves it there when the stage ran again."""
    file = "data/processed/iris/train/input.x.npy"
    whole = (repo.path / file).read_bytes()
    kept = next(f for f in (repo.path / ".dvc/cache").rglob("*") if f.is_file() and f.read_bytes() == whole)
    kept.chmod(0o644)
    kept.write_bytes(whole[:100])
    kept.chmod(0o444)
    shutil.rmtree(repo.path / "data/processed/iris")
    repo.dvc("checkout")
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0

    told = stage(repo, "train")
    assert f"{file}: damaged (" in told
    object_told = str(kept.relative_to(repo.path))
    assert f"so is DVC's copy: remove {object_told}, then run `dvc repro --force preprocess@iris`" in told

    kept.unlink()
    repo.dvc("repro", "--force", "preprocess@iris")
    assert (repo.path / file).read_bytes() == whole
    assert kept.read_bytes() == whole
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0
