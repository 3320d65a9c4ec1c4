"""`python -m tests.stories.preloaded FOLDER GROUP`: fork servers for the commands and stages of throwaway repositories.

`restage run` keeps such servers for the stages of the one repository that it runs in; here they also start `dvc`,
`restage` and the guard. Loading the libraries is most of the time of a short command and of a small stage. Only
test_same_bits, test_loaded_libraries, the kills and `restage verify` test that each process loads its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stages.cli.run.preloading import preload_server
from stages.cli.run.preloading.loaded_code import forget_code
from stages.cli.run.preloading.preload_server import ForkServer, Request
from stages.core.runtime.preload_client import FOLDER_VARIABLE

USERS = "users"  # a named pipe: each worker keeps it open
WORKING_FOLDER = 2  # in process_identity()
COMMANDS = "commands"
MODULES: dict[str, tuple[str, ...]] = {**preload_server.MODULES, COMMANDS: ("dvc", "stages.cli", "stages.guard")}
COMMAND_LIBRARIES = (
    "dvc.cli.parser",
    "dvc.repo.reproduce",
    "dvc_render",
    "hydra",
    "networkx",
    "numpy",
    "pydantic",
    "pyparsing",
    "ruamel.yaml.cyaml",
    "scmrepo.git",
    "typer",
    "yaml",
)


class ForkServerForAnyFolder(ForkServer):
    """The fork changes to the folder of the process that asks, and imports the code that is in it."""

    def _can_serve(self, request: Request) -> bool:
        own, other = (
            each[:WORKING_FOLDER] + each[WORKING_FOLDER + 1 :] for each in (self.identity, request.content["identity"])
        )
        return bool(own == other)

    def serve(self) -> Request | None:
        request = super().serve()
        if request is not None:
            change_folder(request.content["identity"][WORKING_FOLDER])
        return request


def change_folder(folder: str) -> None:
    os.chdir(folder)
    sys.path[0] = folder
    forget_code()
    del sys.modules["stages"]


@contextmanager
def preloaded_servers(groups: Iterable[str] = tuple(MODULES)) -> Iterator[str]:
    """The folder of their sockets; empty where the system has no pidfd_open. They end when no worker uses them."""
    with ExitStack() as stack:
        if not hasattr(os, "pidfd_open"):
            yield ""
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="restage-"))
        os.mkfifo(Path(folder, USERS))
        read_end = os.open(Path(folder, USERS), os.O_RDONLY | os.O_NONBLOCK)
        stack.callback(os.close, read_end)
        for group in groups:
            stack.enter_context(_start_server(folder, group, read_end))
        stack.enter_context(servers_in_use(folder))
        yield folder


@contextmanager
def servers_in_use(folder: str) -> Iterator[None]:
    """The servers see the end of the pipe when the last process closes it."""
    write_end = os.open(Path(folder, USERS), os.O_WRONLY)
    yield
    os.close(write_end)


def _start_server(folder: str, group: str, parent_input: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.stories.preloaded", folder, group]
    with Path(folder, f"{group}.txt").open("wb") as output:
        return subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdin=parent_input, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip


def apply_client_state(request: Request) -> None:
    """As the original does, but the processes that a command starts ask for forks too."""
    _apply_client_state(request)
    os.environ[FOLDER_VARIABLE] = request.content["environment"][FOLDER_VARIABLE]


if __name__ == "__main__":
    _folder, _group = sys.argv[1:]
    _apply_client_state = preload_server.apply_client_state
    preload_server.ForkServer = ForkServerForAnyFolder  # type: ignore[misc]
    preload_server.MODULES = MODULES
    # The repositories have code of their own.
    preload_server.CODE, preload_server.PREPARATIONS = {}, {}
    if _group == COMMANDS:
        preload_server.apply_client_state = apply_client_state
        preload_server.TABLE_LIBRARIES = COMMAND_LIBRARIES  # type: ignore[assignment]  # a longer tuple
    preload_server.main(Path(_folder), _group)
