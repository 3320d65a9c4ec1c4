"""Spares DVC what it reads again and again for each stage of a run: the code of the stages, and Git's index.

DVC hashes each dependency five times for a stage that runs, and the code is the same for every dataset. It reads the
whole index of Git for each output. Both took two thirds of its time. Here the metadata of the files are compared, and
what was read is used again as long as they are the same.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from dvc.scm import Git

from stages.core.files.file_states import FileStates, file_states

CODE = "stages/"

Build = Callable[..., Any]
CodeHashes = dict[tuple[str, bool], tuple[FileStates, Any]]


def remember_code_hashes(stages: Iterable[Any], known: CodeHashes) -> None:
    """Make the stages share the hashes of files and folders with code, those in `known` too."""
    for dependency in (dep for stage in stages for dep in stage.deps if dep.def_path.startswith(CODE)):
        dependency._build = _remembering(dependency._build, known)


def _remembering(build: Build, known: CodeHashes) -> Build:
    def build_if_changed(odb: Any, path: str, *args: Any, **options: Any) -> Any:
        key, states = (path, bool(options.get("dry_run"))), file_states(path)
        if key not in known or known[key][0] != states:
            known[key] = states, build(odb, path, *args, **options)
        return known[key][1]

    return build_if_changed


def remember_git_index(repo: Any) -> None:
    """Make DVC's `scm.is_tracked` read Git's index again only if it has changed."""
    if isinstance(repo.scm, Git):
        repo.scm.is_tracked = _GitIndex(repo.scm).is_tracked


def with_folders(files: Iterable[str]) -> set[str]:
    """
    >>> sorted(with_folders(["a/b/c", "a/d"]))
    ['.', 'a', 'a/b', 'a/b/c', 'a/d']
    """
    found = {"."}
    for file in files:
        path = file
        while path and path not in found:
            found.add(path)
            path = path.rpartition("/")[0]
    return found


class _GitIndex:
    def __init__(self, scm: Git) -> None:
        self._scm = scm
        self._states: FileStates | None = None
        self._tracked: set[str] = set()

    def is_tracked(self, path: str) -> bool:
        """Whether Git has the file, or a file in the folder."""
        repository = self._scm.dulwich.repo
        states = file_states(repository.index_path())
        if states != self._states:
            files = [os.fsdecode(name) for name in repository.open_index()]
            self._tracked = with_folders(files)
            self._states = states
        return os.path.relpath(path, self._scm.root_dir) in self._tracked
