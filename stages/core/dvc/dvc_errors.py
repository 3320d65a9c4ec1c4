"""What a person sees when DVC fails for a reason that a person can remove: one message and no traceback."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from dvc.dirs import site_cache_dir
from dvc.exceptions import DvcException
from dvc.lock import LockError

from stages.core.address_secrets import without_secrets
from stages.core.errors import UserError
from stages.core.files.atomic_write import cannot_be_written, disk_error

# SQLite's errors of the disk or of rights.
_DISK_ERRORS = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
# The libraries of remotes are the extras of pyproject.toml.
_MISSING_LIBRARY = re.compile(r"'dvc-(\w+)'")
_BUSY, _ADVICE = "is busy, it is being blocked by:", "If there are no processes"


@contextmanager
def dvc_errors() -> Iterator[None]:
    """Turn DVC's errors into a UserError; its messages say what to do, and are shown as they are.

    Where DVC advises to remove its lock, the command that holds it is named instead: nothing else removes it safely.
    """
    try:
        yield
    except LockError as error:
        raise _in_use(str(error)) from None
    except DvcException as error:
        raise UserError(str(error)) from None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _DISK_ERRORS:
            raise
        raise cannot_be_written(f"DVC's database of hashes in {site_cache_dir()}", str(error)) from None
    except OSError as error:
        reason = disk_error(error)
        if reason is None:
            raise
        raise cannot_be_written(error.filename or "a file of the run or of DVC", reason) from None


@contextmanager
def remote_errors(remote: str) -> Iterator[None]:
    """Around what reads from a remote, or writes to it: its library has errors of its own, and some have no text.

    An error of the disk of this machine is left to `dvc_errors`, as are those of DVC.
    """
    try:
        yield
    except (UserError, DvcException, sqlite3.Error):
        raise
    except ImportError as error:
        raise UserError(f"{remote}: a library is not installed: {missing_library(error)}") from None
    except Exception as error:
        if isinstance(error, OSError) and disk_error(error) is not None:
            raise
        reason = ": ".join(filter(None, (type(error).__name__, " ".join(str(error).split()))))
        raise UserError(
            f"{remote}: no access ({without_secrets(reason)}); correct its address, or the credentials of this machine"
        ) from None


def missing_library(error: ImportError) -> str:
    """DVC's message, with the command that installs the library."""
    found = _MISSING_LIBRARY.search(str(error))
    return f"{error}{f'; run `make setup EXTRAS={found[1]}`' if found else ''}"


def _in_use(message: str) -> UserError:
    path, busy, processes = message.partition(_BUSY)
    if busy:
        used = f"{path}is in use by {' '.join(processes.partition(_ADVICE)[0].split())}"
    else:
        used = "the repository is in use by another DVC command"
    return UserError(f"{used}; wait until that has ended, then run it again")
