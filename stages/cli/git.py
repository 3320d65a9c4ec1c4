"""Runs Git."""

import subprocess
from pathlib import Path

from stages.core.errors import UserError


def git(*arguments: str, folder: Path = Path()) -> str:
    """The standard output of a Git command. Raises UserError with Git's message if it fails."""
    command = ["git", *arguments]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UserError("git is not installed") from None
    if done.returncode:
        raise UserError(f"git {arguments[0]}: {' '.join(done.stderr.split()) or f'exit code {done.returncode}'}")
    return done.stdout


def file_at_commit(commit: str, path: Path) -> str:
    """The text of a file at a commit; empty if it has no such file."""
    try:
        return git("show", f"{commit}:./{path}")
    except UserError:
        return ""
