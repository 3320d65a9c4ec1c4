"""A clone in which nothing was ever run, with a cache, outputs and temporary files of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stages.cli.verify.verified_commit import Head, git
from stages.core.dvc.cache import LOCK

# What would tie the clone to this repository, or to an experiment that runs in it.
FOREIGN = ("DVC_", "GIT_", "RESTAGE_WARM")
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Scratch:
    """`clone` is where the stages run; `recorded` keeps those outputs that HEAD has in git."""

    folder: Path
    clone: Path

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def recorded(self) -> Path:
        return self.folder / "recorded"

    def forget(self, outputs: Iterable[str]) -> None:
        """From nothing: what HEAD has of results is put aside, dvc.lock with it."""
        for name in [*outputs, str(LOCK)]:
            if (self.clone / name).is_file():
                (self.recorded / name).parent.mkdir(parents=True, exist_ok=True)
                (self.clone / name).rename(self.recorded / name)

    def run(self, keys: Sequence[str], jobs: int | None) -> int:
        """`restage run` of the clone's own code, by this interpreter."""
        words = [*(["--jobs", str(jobs)] if jobs else []), *keys]
        command = [sys.executable, "-m", "stages.cli", "run", *words]
        # In a session of its own it hears of Ctrl-C from us alone, and once.
        process = subprocess.Popen(command, cwd=self.clone, env=self._environment(), start_new_session=True)
        with _passing_on(process):
            return process.wait()

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
        own = {"TMPDIR": str(self.folder / "tmp"), "DVC_SITE_CACHE_DIR": str(self.folder / "site")}
        python = str(Path(sys.executable).parent)
        return kept | own | {"PATH": os.pathsep.join([python, kept.get("PATH", os.defpath)])}


@contextmanager
def _passing_on(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    earlier = {n: signal.signal(n, lambda number, _: process.send_signal(number)) for n in STOPS}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


@contextmanager
def scratch(head: Head, keep: bool) -> Iterator[Scratch]:
    folder = Path(tempfile.mkdtemp(prefix="restage-verify-")).resolve()
    try:
        yield _cloned(head, folder)
    finally:
        if keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder)


def _cloned(head: Head, folder: Path) -> Scratch:
    top, clone = Path(git("rev-parse", "--show-toplevel").strip()), folder / "clone"
    unhooked = ("-c", f"core.hooksPath={os.devnull}")
    git(*unhooked, "clone", "--quiet", "--shared", "--no-checkout", str(top), str(clone))
    git(*unhooked, "checkout", "--quiet", "--detach", head.commit, folder=clone)
    place = Scratch(folder, clone / head.prefix)
    (folder / "tmp").mkdir()
    (place.clone / ".dvc/config.local").write_text(f"[cache]\n    dir = {place.cache}\n", encoding="utf-8")
    return place
