"""The metadata of files, by which a change of them is seen without reading them."""

import os
from collections.abc import Iterator
from pathlib import Path

# The size, the times and the inode of each file, by its path.
FileStates = dict[str, tuple[int, int, int, int]]


def file_states(path: str | Path) -> FileStates:
    """Of the file, or of all files below the folder, without Python's byte code; empty if there is nothing.

    Two results are equal if no file was written, added or removed between them.
    """
    return {file: (s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for file, s in _files(os.fspath(path))}


def _files(path: str) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if not entry.is_dir():
                    yield entry.path, entry.stat()
                elif entry.name != "__pycache__":
                    yield from _files(entry.path)
    except NotADirectoryError:
        yield path, Path(path).stat()
    except FileNotFoundError:
        return
