"""The commit that a name stands for: a tag, a branch, a commit or an experiment of DVC."""

import re

from stages.cli.git import git, is_shallow
from stages.core.errors import UserError, suggest

# Other references of DVC below refs/exps hold stashes and temporary states.
_EXPERIMENT = re.compile(r"refs/exps/[0-9a-f]{2}/[0-9a-f]{38}/(.+)")


def find_commit(revision: str) -> str:
    """Raises UserError if no commit has this name, or experiments from several commits have it."""
    try:
        return git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except UserError:
        commits = experiments().get(revision, [])
    if len(commits) == 1:
        return commits[0]
    name = revision or "''"
    if commits:
        raise UserError(f"revision {name}: experiments from {len(commits)} commits have this name; name its commit")
    references = ("refs/heads", "refs/tags", "refs/remotes")
    names = git("for-each-ref", "--format=%(refname:short)", *references).split()
    hint = suggest(revision, [*names, *experiments()])
    if is_shallow():
        hint += ", or the commit is not in this shallow clone: `git fetch --unshallow`"
    raise UserError(f"revision {name}: no tag, branch, commit or experiment has this name; {hint}")


def revision_exists(revision: str) -> bool:
    try:
        find_commit(revision)
    except UserError:
        return False
    return True


def experiments() -> dict[str, list[str]]:
    """The commits of all experiments by name."""
    found: dict[str, list[str]] = {}
    for line in git("for-each-ref", "--format=%(objectname) %(refname)", "refs/exps").splitlines():
        commit, _, reference = line.partition(" ")
        if match := _EXPERIMENT.fullmatch(reference):
            found.setdefault(match[1], []).append(commit)
    return found
