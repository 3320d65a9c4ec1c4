"""Runs Git."""

import hashlib
import subprocess
from io import BytesIO
from pathlib import Path

from stages.core.errors import UserError


def git(*arguments: str, folder: Path = Path()) -> str:
    """The standard output of a Git command. Raises UserError with Git's message if it fails."""
    command = ["git", *arguments]
    try:
        # A file that should be text and is not is reported by who reads it.
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError:
        raise UserError("git is not installed") from None
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {' '.join(done.stderr.split()) or f'exit code {done.returncode}'}")
    return done.stdout


def is_shallow() -> bool:
    """Whether the clone lacks a part of the history."""
    return git("rev-parse", "--is-shallow-repository").strip() == "true"


def md5_at_commit(commit: str, folder: Path) -> dict[str, str]:
    """The MD5 of each file below a folder at a commit, by its path."""
    listed = [
        entry.split("\t", 1) for entry in git("ls-tree", "-r", "-z", commit, "--", f"{folder}/").split("\0") if entry
    ]
    names = "".join(f"{about.split()[2]}\n" for about, _ in listed)
    # Text would change line ends.
    command = ["git", "cat-file", "--batch"]
    done = subprocess.run(command, input=names.encode(), capture_output=True, check=False)
    stream, found = BytesIO(done.stdout), {}
    for _, path in listed:
        size = int(stream.readline().split()[-1])
        found[path] = hashlib.md5(stream.read(size), usedforsecurity=False).hexdigest()
        stream.readline()
    return found


def file_at_commit(commit: str, path: Path) -> str:
    """The text of a file at a commit; empty if it has no such file."""
    try:
        return git("show", f"{commit}:./{path}")
    except UserError:
        return ""
