"""Columns whose values are not shown."""

import hashlib

# What is shown in place of a value.
PRIVATE = "private"
HASH_LENGTH = 32


def hash_private_text(column: str, text: str) -> str:
    """Return what is stored in place of a text of a private column, so that nobody reads it by chance.

    The same text has another hash in another column. Who guesses a text can compare its hash: it is no encryption.

    >>> hash_private_text("name", "Ann"), hash_private_text("friend", "Ann")[:8]
    ('9040d5ad429115ad24be43220991d9af', 'caf03956')
    """
    return hashlib.sha256(f"{column}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:HASH_LENGTH]
