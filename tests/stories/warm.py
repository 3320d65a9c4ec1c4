"""`python -m tests.stories.warm FOLDER KIND`: the libraries loaded once, for the stages of all throwaway repositories.

`restage run` keeps such a process for the one repository that it runs in. Loading them is most of what a small stage
takes, and no story is about that but those which start everything cold: test_same_bits, test_loaded and the kills.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import stages
from stages.cli.run import preload_server as warm

FOLDER = 2


class Everywhere(warm.Forking):
    """The fork goes where the process is that asks. Code and interpreter are alike; where the code lies may differ."""

    def _may_stand_in(self, request: warm.Request) -> bool:
        mine, theirs = (each[:FOLDER] + each[FOLDER + 1 :] for each in (self.own, request.content["likeness"]))
        return bool(mine == theirs)

    def serve(self) -> warm.Request | None:
        request = super().serve()
        if request is not None:
            go(request.content["likeness"][FOLDER])
        return request


def go(folder: str) -> None:
    os.chdir(folder)
    sys.path[0] = folder
    stages.__path__[:] = [f"{folder}/stages"]


@contextmanager
def kept() -> Iterator[str]:
    """The folder to look for them in; empty where the system cannot."""
    with ExitStack() as stack:
        if not hasattr(os, "pidfd_open"):
            yield ""
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="restage-"))
        for kind in warm.SERVES:
            stack.enter_context(_process(folder, kind))
        yield folder


@contextmanager
def _process(folder: str, kind: str) -> Iterator[None]:
    """It ends with its input, and the forks that are at work before it."""
    command = [sys.executable, "-m", "tests.stories.warm", folder, kind]
    with Path(folder, f"{kind}.txt").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=said, stderr=said,
            start_new_session=True,
        )  # fmt: skip
    with process:
        yield


if __name__ == "__main__":
    warm.Forking = Everywhere  # type: ignore[misc]
    warm.main(Path(sys.argv[1]), sys.argv[2])
