"""The text of dvc.lock, one entry for each stage. Entries are moved as text: DVC needs seconds to parse a large file.

Only the standard library is imported: Git runs this module too, when it merges dvc.lock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADER = "schema: '2.0'\nstages:\n"
_SECTION = re.compile(r"^(?=\S)", re.MULTILINE)
_ENTRY = re.compile(r"^(?=  \S)", re.MULTILINE)


@dataclass
class LockText:
    """`header` ends with the line `stages:`; `footer` holds the sections after it, of which DVC writes none today."""

    header: str
    entries: dict[str, str]
    footer: str = ""

    @classmethod
    def parse(cls, text: str) -> LockText:
        """Raises ValueError if the text has no section `stages`, an entry without a name, or conflict markers.

        >>> LockText.parse("schema: '2.0'\\nstages:\\n  guard:\\n    cmd: a\\n  train@iris:\\n    cmd: b\\n").entries
        {'guard': '  guard:\\n    cmd: a\\n', 'train@iris': '  train@iris:\\n    cmd: b\\n'}
        """
        if not text:
            return cls(HEADER, {})
        sections = _SECTION.split(text)
        index = next((i for i, section in enumerate(sections) if section.startswith("stages:")), None)
        if index is None:
            raise ValueError("no section `stages`")
        if any(section.startswith("<<<<<<< ") for section in sections):
            raise ValueError("conflict markers")
        title, _, body = sections[index].partition("\n")
        before, *entries = _ENTRY.split(body)
        if before or title not in ("stages:", "stages: {}"):
            raise ValueError(f"{title!r} does not begin a list of stages")
        header = "".join(sections[:index]) + "stages:\n"
        return cls(header, {_name(entry): entry for entry in entries}, "".join(sections[index + 1 :]))

    def __str__(self) -> str:
        return self.header + "".join(self.entries.values()) + self.footer


def _name(entry: str) -> str:
    line = entry.partition("\n")[0].strip()
    name, colon, value = line.rpartition(":")
    if not colon or value:
        raise ValueError(f"{line!r} is not the name of a stage")
    return name.strip("'\"")
