"""Secrets in .dvc/config, which is in git and in every clone; .dvc/config.local is not."""

import re
from collections.abc import Iterator
from pathlib import Path

from stages.core.errors import ErrorList

COMMITTED = Path(".dvc/config")
# As DVC names them, of remotes and all else; a test holds the list against DVC's own.
SECRETS = frozenset({
    "access_key_id", "account_key", "bearer_token_command", "client_secret", "connection_string", "custom_auth_header",
    "gdrive_client_secret", "oss_key_id", "oss_key_secret", "passphrase", "password", "sas_token", "secret_access_key",
    "session_token", "sse_customer_key", "token",
})  # fmt: skip
SECTION = re.compile(r"\s*\[\s*(?:'|\")?(?P<kind>\w+)(?:\s+\"(?P<name>.*?)\")?\s*(?:'|\")?\s*\]")
OPTION = re.compile(r"\s*[\"']?(?P<option>[\w-]+)[\"']?\s*=\s*(?P<value>.*)")
IN_ADDRESS = re.compile(r"\w+://[^/@\s]*:[^/@\s]+@|\w+://[^?\s]*\?(?:.*&)?(?:sig|token|password|key)=", re.IGNORECASE)


def check_secrets(file: Path = COMMITTED) -> None:
    errors = ErrorList()
    for line, where, option in _found(file):
        what = f"{_name(where, option)} is a secret, and this file is committed"
        errors.add(f"{file}:{line}: {what}; {_way_out(where, option)}")
    if errors.messages:
        errors.add("whoever has a clone has it too, if it was committed before: have it replaced where it is from")
    errors.raise_if_any()


def _found(file: Path) -> Iterator[tuple[int, tuple[str, str], str]]:
    """Line, section and option of each; never the secret itself, which would stand in logs."""
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    where = ("", "")
    for number, line in enumerate(text.splitlines(), 1):
        if section := SECTION.match(line):
            where = section["kind"], section["name"] or ""
        elif (found := OPTION.match(line)) and _is_secret(found["option"], found["value"]):
            yield number, where, found["option"]


def _is_secret(option: str, value: str) -> bool:
    return bool(value.strip("\"' ")) and (option.lower() in SECRETS or IN_ADDRESS.search(value) is not None)


def _name(where: tuple[str, str], option: str) -> str:
    """
    >>> _name(("remote", "team"), "password"), _name(("studio", ""), "token")
    ('password of remote team', 'studio.token')
    """
    kind, name = where
    return f"{option} of {kind} {name}" if name else f"{kind}.{option}"


def _way_out(where: tuple[str, str], option: str) -> str:
    """The two commands that take it out of here and write it where only this clone has it."""
    kind, name = where
    change = f"dvc config {{}} {'.'.join(filter(None, (kind, name, option)))}"
    if kind == "remote":
        change = f"dvc remote modify {{}} {name} {option}"
    without = "write the address without it" if option.endswith("url") else f"`{change.format('--unset')}`"
    return f"{without}, then `{change.format('--local')} ...`"
