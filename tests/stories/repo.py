"""A throwaway clone in which the real dvc runs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RAN = re.compile(r"^Running stage '([^']+)'", re.MULTILINE)

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
    """Its stages may be forked from processes that keep libraries loaded, in the folder `warm`; all else is as ever."""

    def __init__(self, path: Path, warm: str = "") -> None:
        self.path = path
        self.warm = warm

    def run(self, *words: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            words, cwd=self.path, env=environment() | {"RESTAGE_WARM": self.warm} | env,
            capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
        if ok:
            assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done

    def dvc(self, *words: str, ok: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        return self.run("dvc", *words, ok=ok, **env)

    def git(self, *words: str) -> str:
        return self.run("git", *words).stdout

    def restage(self, *words: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "stages.cli", *words, ok=ok)

    def repro(self, *words: str, **env: str) -> set[str]:
        """Which stages ran; those whose result was found in the run cache did not."""
        return set(RAN.findall(self.dvc("repro", *words, **env).stdout))

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
        shutil.copytree(self.path, target, symlinks=True)
        return Repo(target, self.warm)


def environment() -> dict[str, str]:
    """The interpreter of the tests first on the path, and no trace of an experiment or another repository."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "GIT_", "PYTEST_", "RESTAGE_WARM"))}
    here = str(Path(sys.executable).parent)
    identity = {
        "GIT_AUTHOR_NAME": "A Person",
        "GIT_AUTHOR_EMAIL": "person@example.org",
        "GIT_COMMITTER_NAME": "A Person",
        "GIT_COMMITTER_EMAIL": "person@example.org",
    }
    return clean | identity | {"PATH": os.pathsep.join([here, clean.get("PATH", "")])}


def clone(target: Path, suite: str | None = TINY) -> Repo:
    """The working tree as it would be committed, with a small suite and nothing computed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    repo = Repo(target)
    if suite is not None:
        repo.write("conf/suite/starter.yaml", suite)
        for stale in ("conf/accepted", "dvc.lock", "reports/metrics", "reports/profiles", "reports/validation"):
            remove(target / stale)
        repo.restage("compose")
    repo.git("init", "--quiet", "--initial-branch", "main")
    repo.commit("A small suite")
    return repo


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
