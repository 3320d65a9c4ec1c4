"""The files of a folder of pictures."""

import os
from collections.abc import Iterator
from pathlib import Path

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError
from stages.core.files.check_is_file import check_is_file
from stages.core.pictures.file_names import is_ignored


def list_files(folder: Path) -> list[str]:
    """The paths of all files that are not hidden, relative to the folder, sorted.

    Raises UserError for a link to a folder, which may lead anywhere, and for what is neither file nor folder.
    """
    errors = ErrorList()
    paths = []
    for path, is_plain_file in _walk(folder, ""):
        with errors.collect():
            if not path.isprintable():
                raise UserError(f"{path!a}: a name with unprintable characters; rename it")
            if not is_plain_file:
                check_is_file(folder / path)
            paths.append(path)
    if more := errors.messages[MAX_EXAMPLES:]:
        errors.messages[MAX_EXAMPLES:] = [f"and {len(more)} more"]
    errors.raise_if_any()
    return sorted(paths)


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """Each path that is no folder, and whether it is a file and no link."""
    with os.scandir(f"{folder}/{prefix}") as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if is_ignored(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(folder, f"{path}/")
            else:
                yield path, entry.is_file(follow_symlinks=False)
