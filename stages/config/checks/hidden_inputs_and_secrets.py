"""Checks the values as they are written in one file of conf/, before it is composed with others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from omegaconf.errors import GrammarParseError
from omegaconf.grammar_parser import parse

from stages.config.source_lines import parse_yaml
from stages.core.address_secrets import find_secret
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import Keys, dotted_path

# Resolvers whose value depends on conf/ alone. oc.decode and oc.create evaluate a text, which may name others.
ALLOWED_RESOLVERS = ("oc.select", "oc.dict.keys", "oc.dict.values")
MAX_INTERPOLATIONS = 20
MAX_CHARACTERS = 2_000
ADDRESS_ADVICE = (
    "is a secret, and conf/ and params.yaml are committed; write the address without it, or keep the address out of "
    "conf/ (RESTAGE_MIRROR may have a password); if it was committed before, revoke it"
)


class FileValue(NamedTuple):
    """A text in a file, or a key; `keys` leads to it within the file."""

    file: Path
    line: int
    keys: Keys
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {dotted_path(self.keys)}"


def read_values(file: Path) -> list[FileValue]:
    """All texts and keys in the file. Raises UserError for an interpolation that is too long to be parsed."""
    values = list(_values(file, parse_yaml(file), ()))
    too_long = [value for value in values if _is_too_long(value.text)]
    if too_long:
        limits = f"at most {MAX_INTERPOLATIONS} ${{...}} and {MAX_CHARACTERS:,} characters in a value with ${{...}}"
        raise UserError(*(f"{value}: {limits}" for value in too_long))
    return values


def _is_too_long(text: str) -> bool:
    return (count := text.count("${")) > 0 and (count > MAX_INTERPOLATIONS or len(text) > MAX_CHARACTERS)


def _values(file: Path, node: yaml.Node | None, keys: Keys) -> Iterator[FileValue]:
    match node:
        case yaml.ScalarNode():
            yield FileValue(file, node.start_mark.line + 1, keys, node.value)
        case yaml.SequenceNode():
            for index, item in enumerate(node.value):
                yield from _values(file, item, (*keys, index))
        case yaml.MappingNode():
            for key, value in node.value:
                name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
                yield FileValue(file, key.start_mark.line + 1, keys, name)
                yield from _values(file, value, (*keys, name))


def hidden_inputs(value: FileValue) -> list[str]:
    """An error for each interpolation that reads the machine: nobody would notice that its value has changed."""
    return [
        f"{value}: ${{{name}:...}} may have another value on another machine or day; write the value itself, or keep "
        "it out of conf/; ${...} may only name keys of conf/"
        for name in _resolvers(value.text)
        if name not in ALLOWED_RESOLVERS
    ]


def _resolvers(text: str) -> list[str]:
    """The names of all resolvers in the text, also of those within other interpolations."""
    if "${" not in text:
        return []
    try:
        waiting: list[Any] = [parse(text)]
    except GrammarParseError:  # the composition reports it
        return []
    names = []
    while waiting:
        context = waiting.pop()
        if hasattr(context, "resolverName"):
            names.append(context.resolverName().getText())
        waiting += [child for child in context.getChildren() if hasattr(child, "getChildren")]
    return names


def secrets(value: FileValue) -> list[str]:
    """The error of an address that has a secret."""
    kind = find_secret(value.text)
    return [f"{value}: {kind} in an address {ADDRESS_ADVICE}"] if kind else []
