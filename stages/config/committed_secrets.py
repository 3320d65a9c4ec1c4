"""Refuses secrets in .dvc/config, which is committed. They belong in .dvc/config.local, which is not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

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
_SECRET_IN_URL = re.compile(
    r"\w+://[^/@\s]*:[^/@\s]+@|\w+://[^?\s]*\?(?:.*&)?(?:sig|token|password|key)=", re.IGNORECASE
)


class SecretOption(NamedTuple):
    """Where a secret is. The secret itself is left out, so that it cannot get into a log."""

    line: int
    kind: str
    name: str
    option: str

    @property
    def title(self) -> str:
        """
        >>> SecretOption(1, "remote", "team", "password").title, SecretOption(1, "studio", "", "token").title
        ('password of remote team', 'studio.token')
        """
        return f"{self.option} of {self.kind} {self.name}" if self.name else f"{self.kind}.{self.option}"

    @property
    def solution(self) -> str:
        """The commands that remove the secret from the committed file and write it to the local one."""
        command = f"dvc config {{}} {'.'.join(filter(None, (self.kind, self.name, self.option)))}"
        if self.kind == "remote":
            command = f"dvc remote modify {{}} {self.name} {self.option}"
        is_url = self.option.endswith("url")
        first = "write the address without it" if is_url else f"`{command.format('--unset')}`"
        return f"{first}, then `{command.format('--local')} ...`"


def check_secrets(file: Path = COMMITTED_CONFIG) -> None:
    """Raise UserError with all secrets in the file and the commands that move them."""
    errors = ErrorList()
    for secret in _find_secrets(file):
        errors.add(f"{file}:{secret.line}: {secret.title} is a secret, and this file is committed; {secret.solution}")
    if errors.messages:
        errors.add("if it was committed before, everyone with a clone has it: revoke it and issue a new one")
    errors.raise_if_any()


def _find_secrets(file: Path) -> Iterator[SecretOption]:
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    kind = name = ""
    for number, line in enumerate(text.splitlines(), 1):
        if section := _SECTION.match(line):
            kind, name = section["kind"], section["name"] or ""
        elif (option := _OPTION.match(line)) and _is_secret(option["option"], option["value"]):
            yield SecretOption(number, kind, name, option["option"])


def _is_secret(option: str, value: str) -> bool:
    return bool(value.strip("\"' ")) and (option.lower() in SECRET_OPTIONS or bool(_SECRET_IN_URL.search(value)))
