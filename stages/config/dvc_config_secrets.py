"""Refuses secrets in .dvc/config, which is committed. They belong in .dvc/config.local, which is not."""

import re
from pathlib import Path

from stages.core.address_secrets import find_secret
from stages.core.errors import ErrorList

COMMITTED_CONFIG = Path(".dvc/config")
# DVC's names of secret options. A test compares the list with DVC's own.
SECRET_OPTIONS = frozenset({
    "access_key_id", "account_key", "bearer_token_command", "client_secret", "connection_string", "custom_auth_header",
    "gdrive_client_secret", "oss_key_id", "oss_key_secret", "passphrase", "password", "sas_token", "secret_access_key",
    "session_token", "sse_customer_key", "token",
})  # fmt: skip
_SECTION = re.compile(r"\s*\[\s*(?:'|\")?(?P<kind>\w+)(?:\s+\"(?P<name>.*?)\")?\s*(?:'|\")?\s*\]")
_OPTION = re.compile(r"\s*[\"']?(?P<option>[\w-]+)[\"']?\s*=\s*(?P<value>.*)")


def check_secrets(file: Path = COMMITTED_CONFIG) -> None:
    """Raise UserError with all secrets in the file and the commands that move them to the local file.

    The secrets themselves are left out, so that they cannot get into a log.
    """
    errors = ErrorList()
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    kind = name = ""
    for number, line in enumerate(text.splitlines(), 1):
        if section := _SECTION.match(line):
            kind, name = section["kind"], section["name"] or ""
        elif (option := _OPTION.match(line)) and _is_secret(option["option"], option["value"]):
            errors.add(f"{file}:{number}: {_message(kind, name, option['option'])}")
    if errors.messages:
        errors.add("if it was committed before, everyone with a clone has it: revoke it and issue a new one")
    errors.raise_if_any()


def _is_secret(option: str, value: str) -> bool:
    return bool(value.strip("\"' ")) and (option.lower() in SECRET_OPTIONS or find_secret(value) is not None)


def _message(kind: str, name: str, option: str) -> str:
    """What the secret is, and the commands that move it."""
    title = f"{option} of {kind} {name}" if name else f"{kind}.{option}"
    command = f"dvc config {{}} {'.'.join(filter(None, (kind, name, option)))}"
    if kind == "remote":
        command = f"dvc remote modify {{}} {name} {option}"
    first = "write the address without it" if option.endswith("url") else f"`{command.format('--unset')}`"
    return f"{title} is a secret, and this file is committed; {first}, then `{command.format('--local')} ...`"
