"""Files in which validate keeps numbers of all rows of a large table."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stages.core.bounded_memory.scratch_arrays import ScratchFolder, scratch_folder
from stages.validate.leakage.hashes import HashedRows


@dataclass(frozen=True)
class Workspace:
    """`scratch` is for arrays that are kept to the end, `temporary` for those of one step. `hashed` is used again."""

    folder: Path
    scratch: ScratchFolder
    hashed: HashedRows

    @contextmanager
    def temporary(self) -> Iterator[ScratchFolder]:
        with scratch_folder(self.folder) as scratch:
            yield scratch


@contextmanager
def open_workspace(folder: Path, row_count: int) -> Iterator[Workspace]:
    with scratch_folder(folder) as scratch:
        yield Workspace(folder, scratch, HashedRows(scratch, row_count))
