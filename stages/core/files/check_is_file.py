"""Refuses what cannot be read as a file, before it is opened: a reader of a named pipe would wait for ever."""

import errno
import stat
from pathlib import Path

from stages.core.errors import UserError

_KINDS = {
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
}


def check_is_file(path: Path, max_bytes: int | None = None) -> None:
    """Raise UserError unless the path is a file of at most `max_bytes`, or a link to one.

    If nothing is there, the check passes: what that means is left to the reader.
    """
    try:
        status = path.stat()
    except OSError as error:
        if path.is_symlink():
            problem = "a link that leads back to itself" if error.errno == errno.ELOOP else "a link to nothing"
            raise UserError(f"{path}: {problem}; replace it by a file, or remove it") from None
        return
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        raise UserError(f"{path}: {_KINDS.get(kind, 'of another kind')}; replace it by a file, or remove it")
    if max_bytes is not None and status.st_size > max_bytes:
        raise UserError(f"{path}: {status.st_size:,} bytes; at most {max_bytes:,} are accepted")
