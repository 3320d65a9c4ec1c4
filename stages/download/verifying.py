"""No file is read before its content was checked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stages.core.errors import Faults, Mistake
from stages.core.raw import sha256_of


@dataclass(frozen=True)
class Verified:
    """A file whose content was checked, and what a person calls it."""

    path: Path
    called: str


def check_sha256(path: Path, expected: str) -> None:
    received = sha256_of(path)
    if received != expected:
        raise Mistake(f"wrong content: expected sha256 {expected}, received {received}")


@contextmanager
def collected(faults: Faults, called: str) -> Iterator[None]:
    """One file's faults are told with the others', each under the file's name."""
    try:
        yield
    except Mistake as mistake:
        for fault in mistake.faults:
            faults.add(f"{called}: {fault}")
