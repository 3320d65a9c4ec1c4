"""A file of another repository for a new dataset: `restage new PATH --repo REPO --rev REV`."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from stages.config.checks.hidden_inputs_and_secrets import ADDRESS_ADVICE
from stages.core.address_secrets import find_secret
from stages.core.artefacts.raw_files import sha256_of
from stages.core.errors import UserError
from stages.download.fetch.checksums import Verification
from stages.download.fetch.download_files import cache_folder
from stages.download.fetch.dvc_files import fetch_dvc_file
from stages.download.params.dvc_params import REPOSITORY, REVISION
from stages.download.params.file_params import Limits
from stages.download.prefix_errors import prefix_errors


@dataclass(frozen=True)
class Repository:
    """`repo` is a path or an address of git, `rev` a commit, a tag or a branch."""

    repo: str
    rev: str


def chosen_repository(repo: str | None, rev: str | None) -> Repository | None:
    """That of --repo and --rev. Raises UserError for one without the other, and for an address with a password."""
    if repo is None and rev is None:
        return None
    if repo is None or rev is None:
        raise UserError("--repo and --rev belong together: a repository, and a commit or a tag of it")
    if kind := find_secret(repo):
        raise UserError(f"--repo: {kind} in an address {ADDRESS_ADVICE}")
    try:
        return Repository(REPOSITORY(repo), REVISION(rev))
    except ValueError as error:
        raise UserError(f"--repo, --rev: {error}") from None


def fetch_repository_file(repository: Repository, path: str, limits: Limits) -> Path:
    """The file in the cache of downloads; its name is its hash, under which the download stage finds it."""
    cache = cache_folder()
    place = "\0".join((repository.repo, repository.rev, path))
    name = "new-" + hashlib.sha256(place.encode()).hexdigest()
    with prefix_errors(f"{path} in {repository.repo}"):
        file, sha256 = fetch_dvc_file(
            repository.repo, repository.rev, path, Verification(name, sha256_of), cache, limits.bytes
        )
    return file.replace(cache / sha256)
