"""Checks the composed parameters, in which values of several files may have come together."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stages.config.checks.hidden_inputs_and_secrets import ADDRESS_ADVICE
from stages.config.source_lines import find_key
from stages.core.address_secrets import find_secret
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import Keys, dotted_path

MAX_CHARACTERS = 4_000_000


def check_composed_values(params: Mapping[str, Any], choices: Mapping[str, str], conf: Path) -> None:
    """Raise UserError if there is too much, or `${` in a value: params.yaml must not have interpolations."""
    if len(str(params)) > MAX_CHARACTERS:
        raise UserError(f"{conf}: composes to more than {MAX_CHARACTERS:,} characters; divide it into several suites")
    wrong = [keys for keys, text in _texts(params) if "${" in text]
    if wrong:
        places = (f"{find_key(keys, choices, conf)}: {dotted_path(keys)}" for keys in wrong)
        raise UserError(*(f"{place}: a value cannot have `${{`, also not as `\\${{`" for place in places))


def check_composed_secrets(params: Mapping[str, Any], choices: Mapping[str, str], conf: Path) -> None:
    """Raise UserError with all addresses that have a secret; `conf` is the folder, or the file with the parameters."""
    found = [(keys, kind) for keys, text in _texts(params) if (kind := find_secret(text))]
    if found:
        places = ((f"{find_key(keys, choices, conf)}: {dotted_path(keys)}", kind) for keys, kind in found)
        raise UserError(*dict.fromkeys(f"{place}: {kind} in an address {ADDRESS_ADVICE}" for place, kind in places))


def _texts(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """All texts and keys of mappings. The place of a key is that of its mapping."""
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield keys, str(key)
            yield from _texts(part, (*keys, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(part, (*keys, index))
