"""Files of another repository, tracked there by DVC or by git. Verified files stay in the cache of downloads."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from stages.core.address_secrets import without_secrets
from stages.core.artefacts.raw_files import sha256_of
from stages.core.errors import ErrorList, UserError
from stages.download.fetch.cached_download import cached_file
from stages.download.fetch.checksums import by_sha256
from stages.download.fetch.download_files import explain_cache_errors
from stages.download.fetch.transfer import TransferLimits
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.params.dvc_params import Dvc
from stages.download.prefix_errors import prefix_errors

# Nobody is there to answer when git or ssh asks for a password. Settings of the user come first.
NO_QUESTIONS: Mapping[str, str] = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}


def fetch_dvc_files(params: Dvc, cache: Path) -> VerifiedFiles:
    """Every file of the source. A file in the cache is not fetched again, so that no network is needed for it."""
    limits = TransferLimits(timeout=0, minimum_rate=0, retries=0, size=None, max_bytes=params.limits.bytes)
    transfer = partial(_fetch, params.repo, params.rev)
    errors = ErrorList()
    verified: dict[str, list[VerifiedFile]] = {}
    with explain_cache_errors(cache):
        for name, file in params.files.items():
            with errors.collect(), _prefix_place(params.repo, file.path):
                path, sha256 = cached_file(cache, file.path, by_sha256(file.sha256), limits, transfer)
                verified[name] = [VerifiedFile(path, file.path, sha256, file)]
    errors.raise_if_any()
    return verified


def fetch_unverified(repo: str, rev: str, path: str, cache: Path, max_bytes: int) -> tuple[Path, str]:
    """A file whose hash is not known yet: its path in the cache, under which the download stage finds it; its hash."""
    limits = TransferLimits(timeout=0, minimum_rate=0, retries=0, size=None, max_bytes=max_bytes)
    with explain_cache_errors(cache), _prefix_place(repo, path), TemporaryDirectory(dir=cache) as folder:
        file = Path(folder) / "file"
        _fetch(repo, rev, path, file, limits)
        sha256 = sha256_of(file)
        return file.replace(cache / sha256), sha256


def _prefix_place(repo: str, path: str) -> AbstractContextManager[None]:
    return prefix_errors(without_secrets(f"{path} in {repo}"))


def _fetch(repo: str, rev: str, path: str, target: Path, limits: TransferLimits) -> None:
    """In a process of its own, since DVC takes long to load."""
    command = [sys.executable, "-m", "stages.core.dvc.fetch_file", repo, rev, path, str(target), str(limits.max_bytes)]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**NO_QUESTIONS, **os.environ},
        check=False,
    )
    if done.returncode:
        target.write_bytes(b"")
        reason = done.stdout.strip() or f"ended with exit code {done.returncode}: {done.stderr.strip()[-500:]}"
        raise UserError(reason)
