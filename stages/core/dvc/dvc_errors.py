"""What a person sees when DVC fails for a reason that a person can remove: one message and no traceback."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from dvc.dirs import site_cache_dir
from dvc.exceptions import DvcException
from dvc.lock import LockError

from stages.core.errors import UserError
from stages.core.files.atomic_write import cannot_be_written, disk_error

# SQLite's errors of the disk or of rights.
_DISK_ERRORS = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
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


def _in_use(message: str) -> UserError:
    path, busy, processes = message.partition(_BUSY)
    if busy:
        used = f"{path}is in use by {' '.join(processes.partition(_ADVICE)[0].split())}"
    else:
        used = "the repository is in use by another DVC command"
    return UserError(f"{used}; wait until that has ended, then run it again")
