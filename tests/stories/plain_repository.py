"""A finished DVC repository with a folder remote, whose stages have the shape of Restage's and need no library.

Two datasets; branch `wider` has other raw data of one of them. The objects of both branches are in cache and remote.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_objects.errors import ObjectFormatError
from filelock import FileLock

from tests.stories.repo import environment

STAGE = """\
# Writes files that depend on every byte of the inputs.
import hashlib, pathlib, random, sys
output, *inputs = map(pathlib.Path, sys.argv[1:])
files = [f for i in inputs for f in ([i] if i.is_file() else sorted(i.rglob("*"))) if f.is_file()]
rng = random.Random(hashlib.sha256(b"".join(f.read_bytes() for f in files) + str(output).encode()).digest())
names = ["meta.json", "train/input.npy", "train/target.npy"] if not output.suffix else [""]
for name in names:
    (output / name).parent.mkdir(parents=True, exist_ok=True)
    (output / name).write_text(rng.randbytes(rng.randrange(1, 20_000)).hex())
"""
PIPELINE = """\
stages:
  download:
    foreach: &datasets {a: 1, b: 1}
    do:
      cmd: python3 make.py data/raw/${key} sources/${key}.txt
      deps: ["sources/${key}.txt"]
      outs: ["data/raw/${key}"]
  preprocess:
    foreach: *datasets
    do:
      cmd: python3 make.py data/processed/${key} data/raw/${key}
      deps: ["data/raw/${key}"]
      outs: ["data/processed/${key}"]
  train:
    foreach: *datasets
    do:
      cmd: python3 make.py data/models/${key} data/processed/${key} && python3 make.py history/${key}.csv data/processed/${key}
      deps: ["data/processed/${key}"]
      outs: ["data/models/${key}", "history/${key}.csv"]
  evaluate:
    foreach: *datasets
    do:
      cmd: python3 make.py metrics/${key}.json data/models/${key} history/${key}.csv
      deps: ["data/models/${key}", "history/${key}.csv"]
      metrics: [{"metrics/${key}.json": {cache: false}}]
"""  # noqa: E501
REMOTE = "team"
CONFIGURATION = f"""\
[core]
    remote = {REMOTE}
['remote "{REMOTE}"']
    url = ../../remote
"""
REFUSALS = (DvcException, ObjectFormatError)
# What DVC raises for an object that lists a folder and is JSON, but not as DVC writes it.
CRASHES = (AttributeError, KeyError, TypeError, ValueError)


def build_once(folder: Path) -> Path:
    """The repository that the first process with this folder builds for all."""
    with FileLock(f"{folder}.lock"):
        if not Path(f"{folder}.txt").exists():
            build(folder)
            Path(f"{folder}.txt").touch()
    return folder / "work"


def build(folder: Path) -> Path:
    """The repository is `folder`/work, its remote `folder`/remote: a copy of `folder` has its own."""
    work = folder / "work"
    (work / "sources").mkdir(parents=True)
    (work / "make.py").write_text(STAGE)
    (work / "dvc.yaml").write_text(PIPELINE)
    for key in "ab":
        (work / f"sources/{key}.txt").write_text(key)
    with in_folder(work, site=folder / "site"):
        run(work, "git", "init", "--quiet", "--initial-branch", "main")
        Repo.init().close()
        Path(".dvc/config").write_text(
            f"[core]\n    remote = {REMOTE}\n['remote \"{REMOTE}\"']\n    url = ../../remote\n"
        )
        Path(".gitignore").write_text("/data/\n/history/\n")
        commit(work)
        run(work, "git", "switch", "--quiet", "--create", "wider")
        Path("sources/b.txt").write_text("wider")
        commit(work)
        run(work, "git", "switch", "--quiet", "main")
        Path("metrics").mkdir(exist_ok=True)
        with Repo() as repo:
            repo.checkout(force=True)
    return work


def commit(work: Path) -> None:
    with Repo() as repo:
        repo.reproduce()
        repo.push(run_cache=True)
    run(work, "git", "add", "--all")
    run(work, "git", "commit", "--quiet", "--message", "results")


def run(work: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=work, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def copy(built: Path, folder: Path, cache_type: str = "copy") -> Iterator[Path]:
    """A copy of the repository at `built` with its remote, as current folder, checked out with this type of links."""
    ignore = shutil.ignore_patterns("tmp")
    for name in ("remote", "work/.git", "work/.dvc", "work/sources", "work/metrics"):
        shutil.copytree(built.parent / name, folder / name, ignore=ignore)
    for name in ("dvc.yaml", "dvc.lock", "make.py", ".gitignore", ".dvcignore"):
        shutil.copy2(built / name, folder / "work" / name)
    with in_folder(folder / "work", site=folder / "site"):
        Path(".dvc/config.local").write_text(f"[cache]\n    type = {cache_type}\n")
        checkout()
        yield folder / "work"


@contextmanager
def in_folder(folder: Path, site: Path) -> Iterator[None]:
    """DVC's own files outside of the repository are in `site`."""
    earlier = os.environ.get("DVC_SITE_CACHE_DIR")
    os.environ["DVC_SITE_CACHE_DIR"] = str(site)
    try:
        with chdir(folder):
            yield
    finally:
        del os.environ["DVC_SITE_CACHE_DIR"]
        if earlier is not None:
            os.environ["DVC_SITE_CACHE_DIR"] = earlier


def checkout(pull: bool = False) -> str | None:
    """DVC's message if it refuses."""
    with Repo() as repo:
        try:
            (repo.pull if pull else repo.checkout)()
        except (*REFUSALS, *CRASHES) as error:
            return str(error)
    return None


def object_path(side: str, md5: str) -> Path:
    """In the current folder; `side` is cache or remote."""
    root = Path(".dvc/cache") if side == "cache" else Path("../remote")
    return root / "files/md5" / md5[:2] / md5[2:]


def objects(side: str) -> dict[str, bytes]:
    root = object_path(side, "").parent / "md5"
    return {"".join(f.relative_to(root).parts): f.read_bytes() for f in sorted(root.rglob("*")) if f.is_file()}


def results() -> dict[str, bytes]:
    """The files of the work tree that DVC keeps."""
    files = [f for name in ("data", "history") for f in Path(name).rglob("*") if f.is_file()]
    return {str(f): f.read_bytes() for f in sorted(files)}
