"""A stage's process and the fork that does its work live and die together."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from stages.cli.run.preloading.preload_server import CODE, MODULES, PREPARATIONS

ROOT = Path(__file__).parents[4]
SOCKET = "stages.download"
TIMEOUT = 60
# Without the libraries, and with one module of our code: how they are loaded is not tested here.
SERVER = """
import sys; from pathlib import Path
from stages.cli.run.preloading import preload_server
preload_server.TABLE_LIBRARIES = ()
preload_server.CODE = {"tables": ("stages.core.quantiles",)}
preload_server.PREPARATIONS = {}
preload_server.main(Path(sys.argv[1]), "tables")
"""
# What prepare_process() does for `python3 -m stages.download`, for the module `work` of the test.
CLIENT = """
import socket, sys
from stages.core.runtime import preload_client as client
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    client._ask(connection, "work", sys.argv[2:])
    if connection.recv(1) == client.ACCEPTED:
        client._end(client._wait(connection))
print("refused")
"""
LONG_WORK = "import os, pathlib, time\npathlib.Path('fork').write_text(str(os.getpid()))\ntime.sleep(60)\n"

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the server watches its forks on Linux only")


class Server:
    """A server in a folder with a module `work`."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.folder, self.root = folder, root
        self.process = self.python(SERVER, str(folder))
        wait_for(lambda: (folder / SOCKET).exists())

    def python(self, script: str, *argv: str, cwd: Path | None = None, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", script, *argv], cwd=cwd or self.folder,
            env=os.environ | {"PYTHONPATH": str(self.root)} | env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def write_work(self, code: str) -> None:
        (self.folder / "work.py").write_text(code)

    def client(self, *argv: str, cwd: Path | None = None, **env: str) -> subprocess.Popen[str]:
        return self.python(CLIENT, str(self.folder / SOCKET), *argv, cwd=cwd, **env)

    def output(self, *argv: str, cwd: Path | None = None) -> str:
        return self.client(*argv, cwd=cwd).communicate(timeout=TIMEOUT)[0]

    def fork(self) -> int:
        """The process ID that LONG_WORK writes."""
        file = self.folder / "fork"
        wait_for(lambda: file.exists() and bool(file.read_text()))
        return int(file.read_text())


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_ended(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.process.kill()
    server.process.wait()


def test_the_fork_has_the_arguments_environment_and_streams_of_the_client(server: Server) -> None:
    server.write_work(
        "import os, sys\nprint(sys.argv[1:], os.environ['DVC_STAGE'], sys.stdin.read())\n"
        "print('an error', file=sys.stderr)\nsys.exit(7)\n"
    )
    client = server.client("iris", "--debug", DVC_STAGE="work@iris")
    assert client.communicate("typed", timeout=TIMEOUT) == ("['iris', '--debug'] work@iris typed\n", "an error\n")
    assert client.returncode == 7


def test_an_exception_has_its_traceback(server: Server) -> None:
    server.write_work("1 / 0\n")
    client = server.client()
    assert "ZeroDivisionError" in client.communicate(timeout=TIMEOUT)[1]
    assert client.returncode == 1


def test_the_fork_runs_the_module_that_is_on_disk(server: Server) -> None:
    for word in ("before", "after"):
        server.write_work(f"print('{word}')\n")
        assert server.output() == f"{word}\n"


@pytest.fixture
def edited_server(tmp_path: Path) -> Iterator[Server]:
    """Its code is a copy, so that it can be edited."""
    for name in ("__init__.py", "cli", "core"):
        source, target = ROOT / "stages" / name, tmp_path / "copy" / "stages" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (tmp_path / "work").mkdir()
    server = Server(tmp_path / "work", tmp_path / "copy")
    yield server
    server.process.kill()
    server.process.wait()


WHICH_CODE = """
import sys
loaded = "stages.core.quantiles" in sys.modules
from stages.core import paths
from stages.core.runtime import bootstrap
print(loaded, getattr(paths, "EDITED", 0), bootstrap.PROCESS_START > int(sys.argv[1]))
"""


def test_the_fork_has_our_code_loaded_until_a_file_of_it_changes(edited_server: Server) -> None:
    edited_server.write_work(WHICH_CODE)

    def output() -> str:
        return edited_server.output(str(time.time_ns()))

    assert output() == "True 0 True\n"
    code = edited_server.root / "stages"
    (code / "core" / "new.py").touch()
    assert output() == "False 0 True\n"
    (code / "core" / "new.py").unlink()
    assert output() == "True 0 True\n"
    with (code / "core" / "paths.py").open("a") as file:
        file.write("EDITED = 1\n")
    assert output() == "False 1 True\n"


def test_functions_to_call_at_exit_are_called_and_all_output_is_written(server: Server) -> None:
    server.write_work("import atexit\natexit.register(print, 'at exit')\nprint('done')\n")
    assert server.output() == "done\nat exit\n"


def test_the_fork_waits_for_its_threads(server: Server) -> None:
    server.write_work(
        "import threading, time\ndef work():\n    time.sleep(0.5)\n    print('done')\n"
        "threading.Thread(target=work).start()\n"
    )
    assert server.output() == "done\n"


LOAD_KERAS = """
from stages.cli.run.preloading.preload_server import CODE, KERAS, load_code, load_libraries, pin_numpy
pin_numpy()
load_libraries(KERAS)
load_code(CODE[KERAS])
from tensorflow.python.eager import context
print(context.context()._initialized)
"""


def test_our_code_does_not_start_tensorflow_before_the_fork() -> None:
    """A fork has no copy of the threads that TensorFlow starts with its first tensor."""
    command = [sys.executable, "-c", LOAD_KERAS]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert output == "False\n"


def test_all_modules_that_are_to_be_loaded_exist() -> None:
    for group, modules in MODULES.items():
        assert {name.removesuffix(".__main__") for name in CODE[group]} >= set(modules)
    assert all(find_spec(name) for names in CODE.values() for name in names)
    assert all(hasattr(import_module(module), name) for calls in PREPARATIONS.values() for module, name in calls)


def test_if_the_client_is_killed_the_fork_is_too(server: Server) -> None:
    server.write_work(LONG_WORK)
    client = server.client()
    fork = server.fork()
    client.kill()
    client.communicate()
    wait_for(lambda: has_ended(fork))


def test_if_the_server_is_killed_the_fork_is_too_and_the_client_fails(server: Server) -> None:
    server.write_work(LONG_WORK)
    client = server.client()
    fork = server.fork()
    server.process.kill()
    assert "run it again" in client.communicate(timeout=TIMEOUT)[1]
    assert client.returncode == 1
    wait_for(lambda: has_ended(fork))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_client_ends_the_fork(number: int, server: Server) -> None:
    server.write_work(LONG_WORK)
    client = server.client()
    fork = server.fork()
    client.send_signal(number)
    client.communicate(timeout=TIMEOUT)
    assert client.returncode == -number
    wait_for(lambda: has_ended(fork))


def test_a_signal_that_ends_the_fork_ends_the_client(server: Server) -> None:
    server.write_work(LONG_WORK)
    client = server.client()
    os.kill(server.fork(), signal.SIGKILL)
    client.communicate(timeout=TIMEOUT)
    assert client.returncode == -signal.SIGKILL


def test_a_client_that_would_not_start_like_the_server_is_refused(server: Server, tmp_path: Path) -> None:
    server.write_work("print('done')\n")
    (tmp_path / "other").mkdir()
    assert server.output(cwd=tmp_path / "other") == "refused\n"
    assert server.output() == "done\n"


def test_when_its_input_closes_the_server_accepts_no_more_and_ends_after_the_last_fork(server: Server) -> None:
    server.write_work("import pathlib, time\npathlib.Path('fork').write_text('1')\ntime.sleep(1)\nprint('finished')\n")
    client = server.client()
    server.fork()
    assert server.process.stdin is not None
    server.process.stdin.close()
    wait_for(lambda: not (server.folder / SOCKET).exists())
    assert client.communicate(timeout=TIMEOUT)[0] == "finished\n"
    assert server.process.wait(TIMEOUT) == 0
