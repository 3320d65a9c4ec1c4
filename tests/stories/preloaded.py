"""`python -m tests.stories.preloaded FOLDER GROUP`: a fork server for the stages of all throwaway repositories.

`restage run` keeps such a process for the one repository that it runs in. Loading the libraries is most of the time of
a small stage. Only test_same_bits, test_loaded_libraries and the kills test that each stage loads its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import stages
from stages.cli.run import preload_server
from stages.cli.run.preload_server import ForkServer, Request

FOLDER = 2  # in process_identity()


class ForkServerForAnyFolder(ForkServer):
    """The fork changes to the folder of the process that asks. The code in it is the same, its path is not."""

    def _can_serve(self, request: Request) -> bool:
        own, other = (each[:FOLDER] + each[FOLDER + 1 :] for each in (self.identity, request.content["identity"]))
        return bool(own == other)

    def serve(self) -> Request | None:
        request = super().serve()
        if request is not None:
            change_folder(request.content["identity"][FOLDER])
        return request


def change_folder(folder: str) -> None:
    os.chdir(folder)
    sys.path[0] = folder
    stages.__path__[:] = [f"{folder}/stages"]


@contextmanager
def preloaded_servers() -> Iterator[str]:
    """The folder of their sockets; empty where the system has no pidfd_open."""
    with ExitStack() as stack:
        if not hasattr(os, "pidfd_open"):
            yield ""
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="restage-"))
        for group in preload_server.MODULES:
            stack.enter_context(_server(folder, group))
        yield folder


@contextmanager
def _server(folder: str, group: str) -> Iterator[None]:
    """It ends when its input closes and its forks have ended."""
    command = [sys.executable, "-m", "tests.stories.preloaded", folder, group]
    with Path(folder, f"{group}.txt").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    with process:
        yield


if __name__ == "__main__":
    preload_server.ForkServer = ForkServerForAnyFolder  # type: ignore[misc]
    preload_server.main(Path(sys.argv[1]), sys.argv[2])
