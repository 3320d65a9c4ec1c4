"""Every command in README.md and docs/ exists with the options that the page names. Stories run the everyday ones."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from unittest import mock

import pytest
import typer
from dvc.cli import parse_args
from typer.core import TyperGroup

from stages.cli.app import app

ROOT = Path(__file__).parents[2]
# The changelog names commands that are gone.
PAGES = [page for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*/*.md")) if page.name != "CHANGELOG.md"]
IN_BLOCKS = re.compile(r"^\$ (.*?)(?: +#.*)?$", re.MULTILINE)
# In a sentence, a command of DVC may lack an argument.
IN_TEXT = re.compile(r"`((?:restage|make) [^`]+)`")
RESTAGE = cast("TyperGroup", typer.main.get_command(app))
PLACEHOLDERS = ("...", "<", "{")


def documented_commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for command in dict.fromkeys([*IN_BLOCKS.findall(text), *IN_TEXT.findall(text)]):
            if not any(placeholder in command for placeholder in PLACEHOLDERS):
                yield page.relative_to(ROOT).as_posix(), " ".join(command.split())


COMMANDS = sorted(set(documented_commands()))


def check_restage(arguments: list[str]) -> None:
    name, *rest = arguments
    RESTAGE.commands[name].make_context(name, rest)


def check_make(arguments: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {argument for argument in arguments if "=" not in argument} <= set(targets)


def check_dvc(arguments: list[str]) -> None:
    """DVC looks for its debugging options among those of this process, whose may be another program's."""
    with mock.patch.object(sys, "argv", ["dvc"]):
        parse_args(arguments)


CHECKS = {"restage": check_restage, "dvc": check_dvc, "make": check_make}


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=[f"{page}: {command}" for page, command in COMMANDS])
def test_a_documented_command_exists(page: str, command: str) -> None:
    program, *arguments = shlex.split(command)
    if program in CHECKS:
        CHECKS[program](arguments)


@pytest.mark.parametrize(
    "command", ["restage fly", "restage run --fast", "dvc repro --fly", "make fly"], ids=lambda command: command
)
def test_a_wrong_command_is_refused(command: str) -> None:
    program, *arguments = shlex.split(command)
    with pytest.raises(Exception, match=r"fly|--fast|parser"):
        CHECKS[program](arguments)


def test_commands_are_found() -> None:
    assert len(COMMANDS) > 50
