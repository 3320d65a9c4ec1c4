"""The address of a database, which an environment variable has. It may hold a password, so that no message shows it."""

import os
import re

from stages.core.errors import UserError

SUPPORTED = "sqlite:///shop.db or postgresql://user@host/name"
SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,20})://", re.IGNORECASE)


def read_address(variable: str) -> str:
    address = os.environ.get(variable, "")
    if not address:
        raise UserError(f"the environment variable is not set; set it to the address, {SUPPORTED}")
    return address


def address_scheme(address: str) -> str:
    """What the address begins with, in lower case. Raises UserError if it is another database than those supported."""
    match = SCHEME.match(address)
    if match is None:
        raise UserError(f"not an address of a database; expected {SUPPORTED}")
    scheme = match[1].lower()
    if scheme not in ("sqlite", "postgresql", "postgres"):
        raise UserError(f"databases of {scheme}:// are not supported; expected {SUPPORTED}")
    return scheme
