"""Where the current branch left the main branch: what a pull request is compared with."""

from stages.cli.git import git, is_shallow
from stages.core.errors import UserError

REMOTE_HEAD = "refs/remotes/origin/HEAD"
MAIN_BRANCHES = ("origin/main", "origin/master", "main", "master")


def merge_base_with_main(head: str = "HEAD") -> str:
    """The last commit that `head` and the main branch have in common. On the main branch itself it is `head`.

    Raises UserError if there is no main branch, or no common commit.
    """
    main = main_branch()
    try:
        return git("merge-base", main, head).strip()
    except UserError:
        solution = "fetch its history: `git fetch --unshallow`" if is_shallow() else "name the revision to compare with"
        raise UserError(f"{head} and {main} have no commit in common; {solution}") from None


def main_branch() -> str:
    """The branch that origin/HEAD points to, or else the first of origin/main, origin/master, main and master."""
    candidates = [*_branch_of_remote_head(), *MAIN_BRANCHES]
    found = next((branch for branch in candidates if _exists(branch)), None)
    if found is None:
        names = ", ".join(MAIN_BRANCHES)
        fetch = ", or fetch one: `git fetch --unshallow origin main:main`" if is_shallow() else ""
        raise UserError(f"no main branch: {names} do not exist; name the revision to compare with{fetch}")
    return found


def _branch_of_remote_head() -> list[str]:
    try:
        return [git("symbolic-ref", "--short", REMOTE_HEAD).strip()]
    except UserError:
        return []


def _exists(branch: str) -> bool:
    try:
        git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}")
    except UserError:
        return False
    return True
