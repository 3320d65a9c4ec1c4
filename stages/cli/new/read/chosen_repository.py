"""The repository of a new dataset's file: `restage new PATH --repo REPO --rev REV`."""

from dataclasses import dataclass

from stages.config.checks.hidden_inputs_and_secrets import ADDRESS_ADVICE
from stages.core.address_secrets import find_secret
from stages.core.errors import UserError
from stages.download.params.dvc_params import REPOSITORY, REVISION


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
