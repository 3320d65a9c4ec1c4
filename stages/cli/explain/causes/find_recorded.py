"""Finds the commit whose file or folder has the content that dvc.lock records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stages.cli.explain.causes.git_objects import GitObjects
from stages.cli.git import git
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.storage.cache import FOLDER_SUFFIX, md5_of_folder
from stages.core.errors import UserError

MAX_COMMITS = 300


@dataclass(frozen=True)
class RecordedContent:
    """`files` are the MD5 of the files of a folder, or that of a file by the name ''."""

    commit: str
    files: Mapping[str, str]


class RecordedContents:
    """Searches the commits that changed the path or dvc.lock, the newest first, also those of other branches."""

    def __init__(self, objects: GitObjects) -> None:
        self._objects = objects
        self._found: dict[tuple[str, str], RecordedContent | None] = {}
        self._commits: dict[str, list[str]] = {}

    def find(self, path: str, md5: str, local: Mapping[str, str]) -> RecordedContent | None:
        """`local` are the files of a folder in this clone that Git ignores: the stage may have read them too."""
        if (path, md5) not in self._found:
            self._found[path, md5] = next(
                (
                    RecordedContent(commit, files)
                    for commit in self._commits_of(path)
                    for files in _with_local(self._objects.md5s(commit, path) or {}, local)
                    if md5_of(files) == md5
                ),
                None,
            )
        return self._found[path, md5]

    def _commits_of(self, path: str) -> list[str]:
        if path not in self._commits:
            self._commits[path] = _list_commits(path)
        return self._commits[path]


def _with_local(files: Mapping[str, str], local: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    if files:
        yield files
        if local:
            yield {**files, **local}


def md5_of(files: Mapping[str, str]) -> str:
    """As dvc.lock has it.

    >>> md5_of({"": "0" * 32}), md5_of({"a": "0" * 32, "b/c": "1" * 32})
    ('00000000000000000000000000000000', '8eb3e49c99e8149777cab3c8a5285257.dir')
    """
    return files[""] if "" in files else md5_of_folder(files)


def is_folder(md5: str) -> bool:
    return md5.endswith(FOLDER_SUFFIX)


def _list_commits(path: str) -> list[str]:
    try:
        limit = f"--max-count={MAX_COMMITS}"
        listed = git("log", "--format=%H", limit, "HEAD", "--", path, str(LOCK)).split()
        others = git("log", "--format=%H", limit, "--all", "--not", "HEAD", "--", path, str(LOCK)).split()
    except UserError:
        return []  # no commit yet
    return [*listed, *others]
