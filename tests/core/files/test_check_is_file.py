"""What is no file is refused before it is opened. A test that opened one would wait for ever."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.read_params import MAX_PARAMS_BYTES, read_params


def make_socket(path: Path) -> None:
    socket.socket(socket.AF_UNIX).bind(os.path.relpath(path))


KINDS: dict[str, Callable[[Path], object]] = {
    "a named pipe": os.mkfifo,
    "a socket": make_socket,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a folder": Path.mkdir,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link that leads back to itself": lambda path: path.symlink_to(path.name),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file(kind: str) -> None:
    KINDS[kind](Path("a.yaml"))
    with pytest.raises(UserError, match=f"^a.yaml: {kind}; "):
        check_is_file(Path("a.yaml"))


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("kind", KINDS)
def test_params_yaml_is_no_file(kind: str) -> None:
    KINDS[kind](Path("params.yaml"))
    with pytest.raises(UserError, match=f"^params.yaml: {kind}; "):
        read_params()


def test_files_and_links_to_files_pass() -> None:
    Path("a.yaml").write_text("a: 1\n")
    Path("b.yaml").symlink_to("a.yaml")
    for name in ("a.yaml", "b.yaml", "absent.yaml", "absent/a.yaml"):
        check_is_file(Path(name), max_bytes=5)


def test_a_file_that_is_too_large() -> None:
    Path("a.yaml").write_text("a: 10\n")
    with pytest.raises(UserError, match=r"^a\.yaml: 6 bytes; at most 5"):
        check_is_file(Path("a.yaml"), max_bytes=5)


def test_a_params_yaml_that_is_too_large() -> None:
    with Path("params.yaml").open("wb") as file:
        file.truncate(MAX_PARAMS_BYTES + 1)
    with pytest.raises(UserError, match=r"^params\.yaml: 8,000,001 bytes; at most 8,000,000"):
        read_params()
