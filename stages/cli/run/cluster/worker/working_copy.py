"""A copy of the repository on a worker: its code, and the lock that says that it is in use."""

import fcntl
import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import IO

CHECKPOINTS = ".dvc/tmp/restage/training"


def lock_copy(folder: Path) -> tuple[Path, IO[str]]:
    """The first copy that nothing else uses, and its open lock file; several workers may share the folder.

    The lock is held until this file is closed, here and in the processes that inherit it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        lock = (folder / f"copy-{number}.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            number += 1
            continue
        copy = folder / f"copy-{number}"
        copy.mkdir(exist_ok=True)
        return copy, lock


def link_checkpoints(copy: Path, checkpoints: str | None) -> None:
    """Without a folder that workers share, the copy has its own."""
    link = copy / CHECKPOINTS
    if link.is_symlink():
        link.unlink()
    if checkpoints:
        shutil.rmtree(link, ignore_errors=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        Path(checkpoints).mkdir(parents=True, exist_ok=True)
        link.symlink_to(checkpoints, target_is_directory=True)


def unpack(archive: bytes, folder: Path, listing: Path) -> None:
    """Write the files of the archive, and remove those of the archive before it, which `listing` names."""
    before = json.loads(listing.read_text()) if listing.is_file() else []
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        members = {member.name: member for member in tar.getmembers() if member.isfile()}
        listing.write_text(json.dumps(sorted({*members, *before})))
        for name in set(before) - members.keys():
            (folder / name).unlink(missing_ok=True)
        for name, member in members.items():
            tarfile.data_filter(member, str(folder))  # refuses a path outside of the folder
            content = tar.extractfile(member)
            if content is not None:
                write_if_changed(folder / name, content.read(), executable=bool(member.mode & 0o100))
    listing.write_text(json.dumps(sorted(members)))


def write_if_changed(path: Path, content: bytes, executable: bool) -> None:
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content)
    mode = path.stat().st_mode & 0o777
    wanted = mode | 0o111 if executable else mode & ~0o111
    if mode != wanted:
        path.chmod(wanted)
