"""The Dockerfile of an export copies what there is, and starts the server as a user without rights."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stages.inference.exported.command_line import _parser


def instructions(folder: Path) -> list[tuple[str, str]]:
    text = (folder / "Dockerfile").read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_the_steps(export_of_every_kind: Path) -> None:
    steps = instructions(export_of_every_kind)
    names = [name for name, _ in steps]
    copied = [arguments.split()[0] for name, arguments in steps if name == "COPY"]
    assert copied == ["requirements-serve.txt", "model"]
    assert [name for name in copied if not (export_of_every_kind / name).exists()] == []
    installs = [arguments for name, arguments in steps if name == "RUN" and "pip install" in arguments]
    assert len(installs) == 1
    assert "--require-hashes -r requirements-serve.txt" in installs[0]
    assert dict(steps)["USER"] != "root"
    assert names.index("USER") < names.index("CMD") == len(names) - 1
    assert "/health" in dict(steps)["HEALTHCHECK"]


def test_the_command_is_one_of_the_package(export_of_every_kind: Path) -> None:
    command = json.loads(dict(instructions(export_of_every_kind))["CMD"])
    assert command[:3] == ["python", "-m", "model"]
    options = _parser().parse_args(command[3:])
    assert (options.command, options.host, options.port) == ("serve", "0.0.0.0", 8000)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.long
def test_the_steps_as_a_script(export_without_private: Path, tmp_path: Path) -> None:
    """Where there is no Docker: the steps in an environment of their own, at another port."""
    home, bare, port = tmp_path / "home", tmp_path / "bare", free_port()
    home.mkdir()
    subprocess.run([sys.executable, "-m", "venv", bare], check=True)
    python = str(bare / "bin/python")
    steps = instructions(export_without_private)
    for name, arguments in steps:
        if name == "COPY":
            source = export_without_private / arguments.split()[0]
            (shutil.copytree if source.is_dir() else shutil.copy)(source, home / source.name)
        elif name == "RUN" and arguments.startswith("pip "):
            subprocess.run([python, "-m", *arguments.split()], cwd=home, check=True, capture_output=True)
    settings = dict(steps)
    health = json.loads(settings["HEALTHCHECK"].partition("CMD ")[2])
    command = [argument.replace("8000", str(port)) for argument in json.loads(settings["CMD"])]
    check = [python, *(argument.replace("8000", str(port)) for argument in health[1:])]
    with subprocess.Popen([python, *command[1:]], cwd=home, env={}) as server:
        try:
            codes = []
            for _ in range(60):
                codes.append(subprocess.run(check, check=False, capture_output=True, env={}).returncode)
                if codes[-1] == 0 or server.poll() is not None:
                    break
                time.sleep(0.5)
            assert codes[-1] == 0
        finally:
            server.terminate()
    assert server.returncode == 0
