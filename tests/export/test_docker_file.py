"""The Dockerfile of an export copies what there is, and starts the server as a user without rights."""

import json
from pathlib import Path

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
