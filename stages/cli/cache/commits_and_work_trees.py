"""Where records are: the work tree, and the commits at the tips of branches, tags, experiments and stashes."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from stages.cli.git import git
from stages.core.errors import UserError

WORK_TREE = "the work tree"
_PREFIXES = {"refs/heads/": "", "refs/remotes/": "", "refs/tags/": "tag ", "refs/exps/": "experiment "}
# Only the newest entry of these has a reference of its own.
_STACKS = ("refs/stash", "refs/exps/celery/stash", "refs/exps/celery/failed", "refs/exps/stash")
# DVC runs experiments in copies of the work tree, which use the same cache.
_RUNNING_EXPERIMENTS = ".dvc/tmp/exps/*/*"


def recorded_commits() -> dict[str, list[str]]:
    """Each commit with its short hash and names, as they are shown."""
    found: dict[str, list[str]] = {}
    listed = git("for-each-ref", "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)")
    for line in listed.splitlines():
        fields = line.split(" ")
        commit = fields[1] if fields[0] == "commit" else fields[3] if fields[2] == "commit" else ""
        if commit:
            found.setdefault(commit, []).append(_shown(fields[-1]))
    for commit, name in _unnamed_commits():
        found.setdefault(commit, [name])
    return {commit: [f"{name} ({commit[:7]})" for name in names] for commit, names in found.items()}


def work_trees() -> dict[Path, str]:
    """The folders with a record that is not committed, this one first, each with its name."""
    prefix = git("rev-parse", "--show-prefix").strip()
    lines = git("worktree", "list", "--porcelain").splitlines()
    others = [Path(line.removeprefix("worktree "), prefix) for line in lines if line.startswith("worktree ")]
    running = [folder / prefix for folder in Path().glob(_RUNNING_EXPERIMENTS)]
    found = {Path(): WORK_TREE}
    for folder in [*others, *running]:
        if folder.is_dir() and not folder.samefile(Path()):
            found[folder] = f"the work tree {folder}"
    return found


def files_at_commit(commit: str, prefix: str) -> dict[PurePosixPath, str]:
    """The blob of each file below the folder `prefix`, by its path in there."""
    lines = git("ls-tree", "-r", "-z", "--full-tree", commit, *(["--", prefix] if prefix else [])).split("\0")
    pairs = (line.split("\t", 1) for line in lines if line)
    return {PurePosixPath(path).relative_to(prefix): info.split()[2] for info, path in pairs}


def _unnamed_commits() -> Iterator[tuple[str, str]]:
    """HEAD, the heads of other work trees, and the stashes below the newest."""
    for line in git("worktree", "list", "--porcelain").splitlines():
        if line.startswith("HEAD ") and line.split()[1].strip("0"):
            yield line.split()[1], "HEAD"
    for stack in _STACKS:
        for number, commit in enumerate(_reflog(stack)):
            yield commit, f"{_shown(stack)}@{{{number}}}"


def _reflog(name: str) -> list[str]:
    try:
        git("rev-parse", "--verify", "--quiet", name)
    except UserError:
        return []
    return git("log", "--walk-reflogs", "--format=%H", name).split()


def _shown(reference: str) -> str:
    """
    >>> _shown("refs/heads/main"), _shown("refs/exps/1a/2b/apt-yolk"), _shown("refs/stash")
    ('main', 'experiment apt-yolk', 'stash')
    """
    prefix = next((prefix for prefix in _PREFIXES if reference.startswith(prefix)), "refs/")
    name = reference.removeprefix(prefix)
    return _PREFIXES.get(prefix, "") + (name.rpartition("/")[2] if prefix == "refs/exps/" else name)
