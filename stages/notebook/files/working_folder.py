"""Work in the root of a repository, since Git, DVC and the code of commands take paths relative to it."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from threading import RLock

from stages.core.errors import UserError

# The current folder is that of the process, not that of a thread.
_CURRENT_FOLDER = RLock()


@contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """Only one thread at a time is in such a block. The current folder is what it was afterwards."""
    with _CURRENT_FOLDER, chdir(folder):
        yield


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, with a pipeline of Restage. Raises UserError if there is none."""
    for folder in (start, *start.parents):
        if (folder / "dvc.yaml").is_file() and (folder / "conf/config.yaml").is_file():
            return folder
    raise UserError(f"{start}: not in a repository of Restage; use restage.Repository('/path/to/the/clone')")


def current_folder() -> Path:
    """That of the process, also while another thread is in a block of `in_folder`."""
    with _CURRENT_FOLDER:
        return Path.cwd()
