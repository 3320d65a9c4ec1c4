"""Files and folders of another repository, tracked there by DVC or by git. They stay in the cache of downloads."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from stages.core.address_secrets import without_secrets
from stages.core.errors import ErrorList, UserError, prefix_errors
from stages.download.fetch.cached_file_or_folder import CachedData, cached_file_or_folder, move_into_cache
from stages.download.fetch.download_files import explain_cache_errors
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.params.dvc_params import Dvc, DvcFile
from stages.download.params.file_params import picture_limits

# Nobody is there to answer when git or ssh asks for a password. Settings of the user come first.
NO_QUESTIONS: Mapping[str, str] = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}


def fetch_dvc_files(params: Dvc, files: Mapping[str, DvcFile], cache: Path, folders: bool = False) -> VerifiedFiles:
    """The files; with `folders`, a path may be a folder. What is in the cache is not fetched again, without network."""
    max_files = picture_limits(params.limits).members if folders else 0
    errors = ErrorList()
    verified: dict[str, list[VerifiedFile]] = {}
    with explain_cache_errors(cache):
        for name, file in files.items():
            fetch = partial(_fetch, params.repo, params.rev, file.path, params.limits.bytes, max_files)
            with errors.collect(), _prefix_place(params.repo, file.path):
                data = cached_file_or_folder(cache, file.sha256, fetch)
                if data.sha256_by_path is not None and not folders:
                    raise UserError("a folder; name one file of it")
                verified[name] = [
                    VerifiedFile(data.path, file.path, data.sha256, file, sha256_by_path=data.sha256_by_path)
                ]
    errors.raise_if_any()
    return verified


def fetch_unverified(repo: str, rev: str, path: str, cache: Path, max_bytes: int, max_files: int = 0) -> CachedData:
    """A file or folder whose hash is not known yet, in the cache, where the download stage finds it.

    Without `max_files`, a folder is refused.
    """
    with explain_cache_errors(cache), _prefix_place(repo, path), TemporaryDirectory(dir=cache) as folder:
        target = Path(folder) / "fetched"
        _fetch(repo, rev, path, max_bytes, max_files, target)
        return move_into_cache(target, cache)


def _prefix_place(repo: str, path: str) -> AbstractContextManager[None]:
    return prefix_errors(without_secrets(f"{path} in {repo}"))


def _fetch(repo: str, rev: str, path: str, max_bytes: int, max_files: int, target: Path) -> None:
    """In a process of its own, since DVC takes long to load."""
    arguments = [repo, rev, path, str(target), str(max_bytes), str(max_files)]
    done = subprocess.run(
        [sys.executable, "-m", "stages.core.dvc.fetch_path", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**NO_QUESTIONS, **os.environ},
        check=False,
    )
    if done.returncode:
        reason = done.stdout.strip() or f"ended with exit code {done.returncode}: {done.stderr.strip()[-500:]}"
        raise UserError(reason)
