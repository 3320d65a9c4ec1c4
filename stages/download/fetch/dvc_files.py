"""Files of another repository, tracked there by DVC or by git. Verified files stay in the cache of downloads."""

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from stages.core.address_secrets import without_secrets
from stages.core.errors import ErrorList, UserError
from stages.download.fetch.cached_download import cached_file
from stages.download.fetch.checksums import Verification, by_sha256
from stages.download.fetch.download_files import CACHE
from stages.download.fetch.transfer import TransferLimits
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.params.dvc_params import Dvc
from stages.download.prefix_errors import prefix_errors

# Nobody is there to answer when git or ssh asks for a password.
NO_QUESTIONS: Mapping[str, str] = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}


def fetch_dvc_files(params: Dvc, cache: Path) -> VerifiedFiles:
    """Every file of the source. A file in the cache is not fetched again, so that no network is needed for it."""
    errors = ErrorList()
    verified: dict[str, list[VerifiedFile]] = {}
    for name, file in params.files.items():
        with errors.collect(), prefix_errors(without_secrets(f"{file.path} in {params.repo}")):
            path, sha256 = fetch_dvc_file(
                params.repo, params.rev, file.path, by_sha256(file.sha256), cache, params.limits.bytes
            )
            verified[name] = [VerifiedFile(path, file.path, sha256, file)]
    errors.raise_if_any()
    return verified


def fetch_dvc_file(
    repo: str, rev: str, path: str, verification: Verification, cache: Path, max_bytes: int
) -> tuple[Path, str]:
    """The path of the file in the cache, and its hash."""
    limits = TransferLimits(timeout=0, minimum_rate=0, retries=0, size=None, max_bytes=max_bytes)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        return cached_file(cache, path, verification, limits, partial(_fetch, repo, rev))
    except OSError as error:
        raise UserError(f"{cache}: {error.strerror}; set {CACHE} to a writable folder with enough space") from None


def _fetch(repo: str, rev: str, path: str, target: Path, limits: TransferLimits) -> None:
    """In a process of its own, since DVC takes long to load."""
    command = [sys.executable, "-m", "stages.core.dvc.fetch_file", repo, rev, path, str(target), str(limits.max_bytes)]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ | NO_QUESTIONS,
        check=False,
    )
    if done.returncode:
        target.write_bytes(b"")
        reason = done.stdout.strip() or f"ended with exit code {done.returncode}: {done.stderr.strip()[-500:]}"
        raise UserError(reason)
