"""Throwaway repositories in which the real DVC runs."""

import compileall
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from stages.core.runtime.preload_client import FOLDER_VARIABLE

ROOT = Path(__file__).parents[2]
NO_CHANGE: Mapping[str, str] = MappingProxyType({})
RAN = re.compile(r"^Running stage '([^']+)'", re.MULTILINE)
# Commands that are forked from the server with Keras.
PREDICTING = ("predict",)
# Its first argument is the folder of the fork servers. Without a server for it, it is DVC itself.
FORKED_DVC = """
import sys
from stages.core.runtime.preload_client import delegate_to_fork
delegate_to_fork(sys.argv[1], "dvc", sys.argv[2:])
from dvc.cli import main
sys.exit(main(sys.argv[2:]))
"""

TINY = """\
# @package _global_
defaults:
  - /dataset@datasets.iris: iris
  - /dataset@datasets.line_exact: line_exact
  - _self_
suite: tiny
datasets:
  iris:
    train: {epochs: 2, model: {units: [8]}}
  line_exact:
    train: {epochs: 5}
"""


class Repo:
    """`preloaded`: the folder of the fork servers of its commands and stages; without it, they load their libraries."""

    def __init__(self, path: Path, preloaded: str = "") -> None:
        self.path = path
        self.preloaded = preloaded

    def run(self, *argv: str, ok: bool = True, env: Mapping[str, str] = NO_CHANGE) -> subprocess.CompletedProcess[str]:
        """With `ok` the command must succeed."""
        done = subprocess.run(
            argv, cwd=self.path, env=environment() | {FOLDER_VARIABLE: self.preloaded, **env},
            capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
        if ok:
            assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout}\n{done.stderr}"
        return done

    def dvc(self, *argv: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run(*self.forked_command(["dvc", *argv]), ok=ok)

    def forked_command(self, argv: Sequence[str]) -> list[str]:
        """`dvc` asks the fork server by a script; `restage` and the stages ask by themselves."""
        if self.preloaded and argv[0] == "dvc":
            return [sys.executable, "-c", FORKED_DVC, self.preloaded, *argv[1:]]
        return list(argv)

    def git(self, *argv: str) -> str:
        return self.run("git", *argv).stdout

    def restage(self, *argv: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        """`run` needs no fork servers of its own beside those of the tests."""
        if self.preloaded and argv[0] == "run" and not {"--preload", "--no-preload", "--on"}.intersection(argv):
            argv = (*argv, "--no-preload")
        folder = f"{self.preloaded}/keras" if self.preloaded and argv[0] in PREDICTING else self.preloaded
        return self.run(sys.executable, "-m", "stages.cli", *argv, ok=ok, env={FOLDER_VARIABLE: folder})

    def repro(self, *argv: str) -> set[str]:
        """Which stages ran; a stage whose result was in the run cache did not."""
        return set(RAN.findall(self.dvc("repro", *argv).stdout))

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def append(self, name: str, text: str) -> None:
        self.write(name, self.read(name) + text)

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def copy(self, target: Path) -> "Repo":
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-RPp", self.path, target], check=True)  # a fifth of the time of shutil.copytree
        return Repo(target, self.preloaded)


def environment() -> dict[str, str]:
    """With the interpreter of the tests first on the path, and without the settings of DVC, git and pytest."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "GIT_", "PYTEST_", FOLDER_VARIABLE))}
    interpreter_folder = str(Path(sys.executable).parent)
    identity = {
        "GIT_AUTHOR_NAME": "A Person",
        "GIT_AUTHOR_EMAIL": "person@example.org",
        "GIT_COMMITTER_NAME": "A Person",
        "GIT_COMMITTER_EMAIL": "person@example.org",
    }
    return clean | identity | {"PATH": os.pathsep.join([interpreter_folder, clean.get("PATH", "")])}


def clone(target: Path, suite: str | None = TINY, preloaded: str = "") -> Repo:
    """A repository with the files of this working tree, a small suite and no results, and without the tests."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in names:
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    compile_code(target)
    repo = Repo(target, preloaded)
    if suite is not None:
        repo.write("conf/suite/starter.yaml", suite)
        for results in ("conf/accepted", "dvc.lock", "reports"):
            remove(target / results)
        repo.restage("compose")
    repo.git("init", "--quiet", "--initial-branch", "main")
    repo.commit("A small suite")
    return repo


def compile_code(folder: Path) -> None:
    """Once for all processes in the repository and in its copies."""
    compileall.compile_dir(folder / "stages", quiet=1)


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
