"""A clone of HEAD in a temporary folder, with its own cache, in which no stage has run yet."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stages.cli.git import git
from stages.cli.stop_signals import handling_stop_signals
from stages.cli.verify.temporary_folder import temporary_folder
from stages.cli.verify.verified_commit import Head
from stages.core.dvc.lock_file.lock_file import LOCK

# Environment variables that would connect the clone to this repository, or to an experiment that runs in it.
REMOVED_VARIABLES = ("DVC_", "GIT_", "RESTAGE_PRELOADED")


@dataclass(frozen=True)
class TemporaryClone:
    """`repository` is the folder with dvc.yaml; it can lie below the clone's root. `lock` is that of the folder."""

    folder: Path
    lock: int
    repository: Path

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def recorded(self) -> Path:
        """The results that HEAD has in git."""
        return self.folder / "recorded"

    def remove_results(self, outputs: Iterable[str]) -> None:
        """Moves dvc.lock and the committed results to `recorded`, so that every stage has to run."""
        for name in [*outputs, str(LOCK)]:
            if (self.repository / name).is_file():
                (self.recorded / name).parent.mkdir(parents=True, exist_ok=True)
                (self.repository / name).rename(self.recorded / name)

    def run(self, keys: Sequence[str], jobs: int | None, on: str) -> int:
        """Runs the clone's own `restage run` with this interpreter; returns its exit code."""
        options = ["--on", on, *(["--jobs", str(jobs)] if jobs else [])]
        command = [sys.executable, "-m", "stages.cli", "run", *options, *keys]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(REMOVED_VARIABLES)}
        environment = inherited | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)]),
            "TMPDIR": str(self.folder / "tmp"),
            "DVC_SITE_CACHE_DIR": str(self.folder / "site"),
        }
        # In its own session it does not get Ctrl-C from the terminal, only once from here.
        process = subprocess.Popen(
            command, cwd=self.repository, env=environment, start_new_session=True, pass_fds=[self.lock]
        )
        with handling_stop_signals(process.send_signal):
            return process.wait()


@contextmanager
def temporary_clone(head: Head, keep: bool) -> Iterator[TemporaryClone]:
    with temporary_folder(keep) as (folder, lock):
        top, root = git("rev-parse", "--show-toplevel").strip(), folder / "clone"
        no_hooks = ("-c", f"core.hooksPath={os.devnull}")
        git(*no_hooks, "clone", "--quiet", "--shared", "--no-checkout", top, str(root))
        git(*no_hooks, "checkout", "--quiet", "--detach", head.commit, folder=root)
        (folder / "tmp").mkdir()
        clone = TemporaryClone(folder, lock, root / head.prefix)
        copy_tracked_data(clone.repository)
        # Without a remote: workers of a cluster would take the results from its run cache.
        configuration = f"[core]\n    remote =\n[cache]\n    dir = {clone.cache}\n"
        (clone.repository / ".dvc/config.local").write_text(configuration, encoding="utf-8")
        yield clone


def copy_tracked_data(repository: Path) -> None:
    """Copy the files and folders of data/ that `dvc add` tracks. The download stage checks their hashes."""
    for file in (repository / "data").glob("*.dvc"):
        data = Path("data") / file.stem
        if data.is_file():
            shutil.copyfile(data, repository / data)
        elif data.is_dir():
            shutil.copytree(data, repository / data, dirs_exist_ok=True)
