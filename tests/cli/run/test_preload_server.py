"""A stage's process and the fork that stands in for it live and die together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOCKET = "stages.download"
# Without the libraries, which are not what is at stake here.
SERVER = """
import sys; from pathlib import Path
from stages.cli.run import preload_server as warm
warm.LIBRARIES = ()
warm.main(Path(sys.argv[1]), "tables")
"""
# What stages/__init__.py does for `python3 -m stages.download`, for a module of the test.
ASKER = """
import socket, sys
from stages.core.runtime import preload_client as warm
with socket.socket(socket.AF_UNIX) as line:
    line.connect(sys.argv[1])
    warm._ask(line, "work", sys.argv[2:])
    if line.recv(1) == warm.BEGUN:
        warm._end(warm._wait(line))
print("nobody stands in")
"""
LONG = "import os, pathlib, time\npathlib.Path('fork').write_text(str(os.getpid()))\ntime.sleep(60)\n"

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="forks are watched so on Linux only")


class Room:
    """A folder with a module `work`, and a process that forks for whoever asks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.server = self.python(SERVER, str(path))
        while not (path / SOCKET).exists():
            assert self.server.poll() is None
            time.sleep(0.02)

    def python(self, script: str, *words: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", script, *words], cwd=self.path, env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def work(self, text: str) -> None:
        (self.path / "work.py").write_text(text)

    def ask(self, *words: str, **env: str) -> subprocess.Popen[str]:
        return self.python(ASKER, str(self.path / SOCKET), *words, **env)

    def fork(self) -> int:
        file = self.path / "fork"
        return int(waited(lambda: file.exists() and file.read_text()))


def waited(for_what):
    until = time.monotonic() + 20
    while not (found := for_what()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def gone(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.server.kill()
    room.server.wait()


def test_the_fork_has_the_words_the_environment_and_the_streams(room: Room) -> None:
    room.work(
        "import os, sys\nprint(sys.argv[1:], os.environ['DVC_STAGE'], sys.stdin.read())\n"
        "print('oh', file=sys.stderr)\nsys.exit(7)\n"
    )
    asker = room.ask("iris", "--debug", DVC_STAGE="work@iris")
    assert asker.communicate("typed", timeout=20) == ("['iris', '--debug'] work@iris typed\n", "oh\n")
    assert asker.returncode == 7


def test_a_bug_keeps_its_traceback(room: Room) -> None:
    room.work("1 / 0\n")
    asker = room.ask()
    assert "ZeroDivisionError" in asker.communicate(timeout=20)[1]
    assert asker.returncode == 1


def test_the_code_that_runs_is_the_code_on_disk(room: Room) -> None:
    for word in ("before", "after"):
        room.work(f"import sys\nprint('{word}', [m for m in sys.modules if m.startswith('stages.')])\n")
        assert room.ask().communicate(timeout=20)[0] == f"{word} []\n"


def test_who_asks_is_killed_and_the_fork_with_it(room: Room) -> None:
    room.work(LONG)
    asker = room.ask()
    fork = room.fork()
    asker.kill()
    asker.communicate()
    waited(lambda: gone(fork))


def test_who_forks_is_killed_and_the_fork_with_it_and_it_is_said(room: Room) -> None:
    room.work(LONG)
    asker = room.ask()
    fork = room.fork()
    room.server.kill()
    assert "ended from outside" in asker.communicate(timeout=20)[1]
    assert asker.returncode == 1
    waited(lambda: gone(fork))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_the_fork_and_its_end_is_passed_back(number: int, room: Room) -> None:
    room.work(LONG)
    asker = room.ask()
    fork = room.fork()
    asker.send_signal(number)
    asker.communicate(timeout=20)
    assert asker.returncode == -number
    assert gone(fork)


def test_the_fork_s_death_by_a_signal_is_the_asker_s(room: Room) -> None:
    room.work(LONG)
    asker = room.ask()
    os.kill(room.fork(), signal.SIGKILL)
    asker.communicate(timeout=20)
    assert asker.returncode == -signal.SIGKILL


def test_nobody_stands_in_when_the_start_of_a_process_has_changed(room: Room, tmp_path: Path) -> None:
    room.work("print('stood in')\n")
    other = tmp_path / "other"
    other.mkdir()
    asker = subprocess.run(
        [sys.executable, "-c", ASKER, str(room.path / SOCKET)], cwd=other, capture_output=True, text=True, check=True,
        timeout=20, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert asker.stdout == "nobody stands in\n"
    assert room.ask().communicate(timeout=20)[0] == "stood in\n"


def test_when_its_keeper_is_gone_it_takes_no_more_and_goes_after_the_last_fork(room: Room) -> None:
    room.work("import pathlib, time\npathlib.Path('fork').write_text('1')\ntime.sleep(1)\nprint('whole')\n")
    asker = room.ask()
    room.fork()
    assert room.server.stdin is not None
    room.server.stdin.close()
    waited(lambda: not (room.path / SOCKET).exists())
    assert asker.communicate(timeout=20)[0] == "whole\n"
    assert room.server.wait(20) == 0
