"""What dvc.lock records for the outputs that a stage reads, read without DVC and without parsing the whole file."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK

_OUTS = "\n    outs:\n"
_OUT = re.compile(r"^    - path: (?P<path>.+)\n      hash: md5\n      md5: (?P<md5>\w+(?:\.dir)?)\n", re.MULTILINE)


class RecordedInput(NamedTuple):
    path: Path
    md5: str


def recorded_inputs(dependencies: Iterable[Path]) -> list[RecordedInput]:
    """The outputs of stages that are among the dependencies, lie in one of them, or hold one."""
    wanted = set(dependencies)
    around = {parent for path in wanted for parent in path.parents}
    found = []
    for entry in LockText.parse(LOCK.read_text(encoding="utf-8") if LOCK.is_file() else "").entries.values():
        for match in _OUT.finditer(entry.partition(_OUTS)[2]):
            path = Path(match["path"])
            if path in wanted or path in around or not wanted.isdisjoint(path.parents):
                found.append(RecordedInput(path, match["md5"]))
    return found
