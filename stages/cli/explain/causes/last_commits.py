"""The last commit that changed each file, or that its change is not committed, or that Git ignores it."""

from collections.abc import Iterable
from typing import NamedTuple

from stages.cli.git import git
from stages.core.errors import UserError

_MARK = "\x01"
# Of a merge, those that differ from both of its parents.
_NAMES_OF_FILES = ("--diff-merges=combined", "--name-only", "--no-renames", "--relative", "-z")


class LastCommit(NamedTuple):
    commit: str
    subject: str


def uncommitted_files(paths: Iterable[str]) -> set[str]:
    """The files in these files and folders that differ from the last commit, new ones too."""
    fields = git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *paths).split("\0")
    prefix = git("rev-parse", "--show-prefix").strip()
    return {field[3:].removeprefix(prefix) for field in fields if field}


def ignored_files(paths: Iterable[str]) -> set[str]:
    """The files in these folders that Git ignores, such as conf/local.yaml."""
    return set(git("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *paths).split("\0")) - {""}


def last_commits(files: Iterable[str]) -> dict[str, LastCommit]:
    """Of those that are in a commit. A merge is taken for the commit only if it changed the file itself."""
    wanted = set(files)
    if not wanted:
        return {}
    try:
        text = git("log", f"--format={_MARK}%H %s", *_NAMES_OF_FILES, "--", *sorted(wanted))
    except UserError:
        return {}
    return parse_log(text, wanted)


def parse_log(text: str, wanted: Iterable[str]) -> dict[str, LastCommit]:
    """
    >>> parse_log("\\x01abc One\\0\\nx.py\\0y.py\\0\\0\\x01def Two\\0\\nx.py\\0", ["x.py"])
    {'x.py': LastCommit(commit='abc', subject='One')}
    """
    missing, found = set(wanted), dict[str, LastCommit]()
    for section in text.split(_MARK)[1:]:
        head, *names = section.split("\0")
        commit, _, subject = head.partition(" ")
        for name in (name.lstrip("\n") for name in names):
            if name in missing:
                missing.remove(name)
                found[name] = LastCommit(commit, subject.strip())
    return found
