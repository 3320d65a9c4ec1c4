"""The requirements of an exported folder: locked versions with their hashes.

`restage lock` writes the parts in stages/export/locked, from requirements.lock: what is installed on a machine does
not change an export.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from stages.core.errors import UserError

LOCKED = Path(__file__).parent / "locked"
# The libraries that each part is for; what they require is in the part too.
PARTS = {
    "litert": ("ai-edge-litert", "numpy", "pydantic"),
    "keras": ("keras", "numpy", "pydantic", "tensorflow"),
    "pictures": ("pillow",),
    "serve": ("fastapi", "uvicorn"),
}
HEADER = "# For Python 3.11 to 3.13: pip install --require-hashes -r {name}\n"
# A requirement and the lines of its hashes.
_ENTRY = re.compile(r"^[a-z0-9][a-z0-9.-]*==[^\n]*\\\n(?:^ +--hash=[^\n]*\n)+", re.MULTILINE)


def requirements_text(name: str, parts: Iterable[str]) -> str:
    """The content of the file `name` with these parts."""
    entries = {entry for part in parts for entry in read_entries(part_file(part))}
    return HEADER.format(name=name) + "".join(sorted(entries, key=lambda entry: entry.partition("==")))


def part_file(part: str) -> Path:
    return LOCKED / f"{part}.txt"


def read_entries(path: Path) -> list[str]:
    """The entries of a file of requirements, each with its hashes. Comments are left out."""
    try:
        return _ENTRY.findall(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: not found; run `restage lock`") from None
