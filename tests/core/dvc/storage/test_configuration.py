"""DVC's configuration of a clone, as the installed DVC reads it."""

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.core.dvc.storage.configuration import ABSENT, Remote, read_configuration, remote_has_folder
from stages.core.errors import UserError


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "global"))
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(tmp_path / "system"))
    Path(".dvc").mkdir()
    return tmp_path


def configure(text: str, file: str = ".dvc/config") -> None:
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(text)


def test_without_a_file_the_defaults_hold() -> None:
    configuration = read_configuration()
    assert configuration.cache == Path(".dvc/cache")
    assert configuration.link_types == ["reflink", "copy"]
    assert (configuration.remotes, configuration.default_remote) == ({}, None)


def test_all_files_are_read_and_paths_are_relative_to_theirs(clone: Path) -> None:
    configure("[core]\n    remote = a\n[cache]\n    type = hardlink,copy\n['remote \"a\"']\n    url = ../a\n")
    configure("[cache]\n    dir = ../store\n['remote \"a\"']\n    verify = true\n", ".dvc/config.local")
    configure("['remote \"b\"']\n    url = ssh://b\n    ask_password = true\n", "global/config")
    configuration = read_configuration()
    assert configuration.cache == clone / "store"
    assert configuration.link_types == ["hardlink", "copy"]
    assert configuration.remotes == {"a": Remote(verified=True, asks=False), "b": Remote(verified=False, asks=True)}
    assert configuration.default_remote == "a"


@pytest.mark.parametrize("text", ["[core\n", "[core]\n    unknown = 1\n", "[cache]\n    type = teleport\n"])
def test_a_file_that_dvc_refuses_is_an_error(text: str) -> None:
    configure(text)
    with pytest.raises(UserError):
        read_configuration()


def test_reading_changes_nothing(clone: Path) -> None:
    read_configuration()
    assert list(Path(".dvc").iterdir()) == []


def test_a_local_remote_has_its_folder_or_not() -> None:
    configure("['remote \"a\"']\n    url = ../a\n")
    assert not remote_has_folder("a")
    Path("a").mkdir()
    assert remote_has_folder("a")


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path names, and with an empty page for 200."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("status", "found"), [(200, True), (403, True), (404, False)])
def test_a_web_server_answers_in_one_way_or_another(status: int, found: bool, address: str) -> None:
    configure(f"['remote \"a\"']\n    url = {address}/{status}\n")
    assert remote_has_folder("a") is found


@pytest.mark.parametrize("status", [401, 500])
def test_a_web_server_that_refuses_is_an_error(status: int, address: str) -> None:
    configure(f"['remote \"a\"']\n    url = {address}/{status}\n")
    with pytest.raises(Exception, match=str(status)):
        remote_has_folder("a")


def test_a_process_says_by_its_exit_code_what_it_found() -> None:
    root = Path(__file__).parents[4]
    configure("['remote \"a\"']\n    url = ../a\n")
    command = [sys.executable, "-m", "stages.core.dvc.storage.configuration"]
    codes = [
        subprocess.run([*command, name], env={"PYTHONPATH": str(root)}, capture_output=True, check=False).returncode
        for name in ("a", "unknown")
    ]
    assert codes == [ABSENT, 1]
