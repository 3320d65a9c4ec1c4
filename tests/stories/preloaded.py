"""`python -m tests.stories.preloaded FOLDER GROUP`: fork servers for the commands and stages of throwaway repositories.

`restage run` keeps such servers for the stages of the one repository that it runs in; here they also start `dvc`,
`restage` and the guard. Loading the libraries is most of the time of a short command and of a small stage. Only
test_same_bits, test_loaded_libraries, the kills and `restage verify` test that each process loads its own.

A fork imports the code of its repository, but for the parameter types where no file of stages/ has changed there.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stages.cli.run.preloading import preload_server
from stages.cli.run.preloading.loaded_code import forget_code
from stages.cli.run.preloading.preload_server import KERAS, ForkServer, Request
from stages.core.files.file_states import file_states
from stages.core.runtime.preload_client import FOLDER_VARIABLE

ROOT = str(Path(__file__).parents[2])
USERS = "users"  # a named pipe: each worker keeps it open
WORKING_FOLDER = 2  # in process_identity()
COMMANDS = "commands"
WITH_KERAS = "keras"  # a folder of sockets of the server that has Keras: for commands that predict
MODULES: dict[str, tuple[str, ...]] = {
    **preload_server.MODULES,
    KERAS: (*preload_server.MODULES[KERAS], f"{WITH_KERAS}/stages.cli"),
    COMMANDS: ("dvc", "stages.cli", "stages.guard"),
}
COMMAND_LIBRARIES = (
    "configobj",
    "dulwich.worktree",
    "dvc.cachemgr",
    "dvc.cli.parser",
    "dvc.data_cloud",
    "dvc.dirs",
    "dvc.lock",
    "dvc.repo.reproduce",
    "dvc.rwlock",
    "dvc_render",
    "fsspec.implementations.memory",
    "hydra",
    "networkx",
    "numpy",
    "psutil",
    "pydantic",
    "pyparsing",
    "ruamel.yaml.cyaml",
    "scmrepo.git",
    "typer",
    "yaml",
)
# The parameter types of all stages, and the columns: half of the time to load our code. None knows where it lies.
KEPT_CODE = ("stages.config.schema",)
# The size and the time of each file, by its path in the repository.
CodeStates = dict[str, tuple[int, int]]


class ForkServerForAnyFolder(ForkServer):
    """The fork changes to the folder of the process that asks, and imports the code that is in it."""

    def __init__(self, listeners: Sequence[socket.socket], parent_input: int) -> None:
        super().__init__(listeners, parent_input)
        self.code = code_states(ROOT)

    def _can_serve(self, request: Request) -> bool:
        own, other = (
            each[:WORKING_FOLDER] + each[WORKING_FOLDER + 1 :] for each in (self.identity, request.content["identity"])
        )
        return bool(own == other)

    def serve(self) -> Request | None:
        request = super().serve()
        if request is not None:
            folder = request.content["identity"][WORKING_FOLDER]
            os.chdir(folder)
            sys.path[0] = folder
            if code_states(folder) == self.code:
                move_code(folder)
            else:
                forget_code()
                del sys.modules["stages"]
        return request


def code_states(folder: str) -> CodeStates:
    """Copies of a file are equal: they keep its time."""
    states = file_states(f"{folder}/stages")
    return {file.removeprefix(folder): (size, time) for file, (size, time, *_) in states.items()}


def move_code(folder: str) -> None:
    """What is loaded becomes that of the folder: what it imports, and its files, are those of the folder."""
    for name, module in sys.modules.items():
        if name.partition(".")[0] == "stages":
            module.__file__ = folder + str(module.__file__).removeprefix(ROOT)
            if hasattr(module, "__path__"):
                module.__path__[:] = [str(Path(module.__file__).parent)]


@contextmanager
def preloaded_servers(groups: Iterable[str] = tuple(MODULES)) -> Iterator[str]:
    """The folder of their sockets; empty where the system has no pidfd_open. They end when no worker uses them."""
    with ExitStack() as stack:
        if not hasattr(os, "pidfd_open"):
            yield ""
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="restage-"))
        os.mkfifo(Path(folder, USERS))
        Path(folder, WITH_KERAS).mkdir()
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
    try:
        yield
    finally:
        os.close(write_end)


def _start_server(folder: str, group: str, parent_input: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.stories.preloaded", folder, group]
    with Path(folder, f"{group}.txt").open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, stdin=parent_input, stdout=output, stderr=output,
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
    preload_server.CODE, preload_server.PREPARATIONS = dict.fromkeys(MODULES, KEPT_CODE), {}
    if _group == COMMANDS:
        preload_server.apply_client_state = apply_client_state
        preload_server.TABLE_LIBRARIES = COMMAND_LIBRARIES  # type: ignore[assignment]  # a longer tuple
    preload_server.main(Path(_folder), _group)
