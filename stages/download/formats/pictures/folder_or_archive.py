"""Where the class folders of a split lie: in a folder of this machine, or in a zip or tar.gz archive."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from stages.core.errors import UserError, format_examples, suggest
from stages.core.pictures.file_names import with_slashes
from stages.download.formats.archives import list_members, read_members
from stages.download.formats.pictures.folder_hash import list_folders, read_content
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.file_params import Limits


class PictureFiles(Protocol):
    """Paths are relative to the folder that has the class folders; those of folders end with a slash."""

    def paths(self) -> list[str]: ...

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """The contents of these files, in any order."""
        ...


@dataclass(frozen=True)
class PictureFolder:
    """`sha256_by_path` has the verified hash of each file."""

    folder: Path
    sha256_by_path: Mapping[str, str]
    limits: Limits

    def paths(self) -> list[str]:
        if len(self.sha256_by_path) > self.limits.members:
            raise UserError(f"holds more than {self.limits.members:,} files; limits.members allows no more")
        return [*self.sha256_by_path, *(f"{name}/" for name in list_folders(self.folder))]

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            content = read_content(self.folder, path)
            if hashlib.sha256(content).hexdigest() != self.sha256_by_path[path]:
                raise UserError(f"{path}: changed while it was read; run the stage again")
            yield path, content


@dataclass(frozen=True)
class PictureArchive:
    """`member` is the folder of the archive that has the class folders; None if they are not in a folder."""

    archive: OpenFile
    member: str | None
    limits: Limits

    def paths(self) -> list[str]:
        return list(self._members_by_path)

    def read(self, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
        paths_by_member = {self._members_by_path[path]: path for path in paths}
        for name, content in read_members(self.archive, paths_by_member.keys(), self.limits):
            yield paths_by_member[name], content

    @cached_property
    def _members_by_path(self) -> dict[str, str]:
        prefix = f"{self.member.strip('/')}/" if self.member else ""
        members: dict[str, str] = {}
        repeated, names = [], set()
        for name in list_members(self.archive, self.limits):
            path = with_slashes(name)
            names.add(path)
            if not path.startswith(prefix) or path == prefix:
                continue
            if path in members:
                repeated.append(path)
            members[path.removeprefix(prefix)] = name
        if repeated:
            raise UserError(f"{format_examples(repeated)} occurs twice")
        if self.member and not members:
            folders = sorted({folder for path in names for folder in _folders_of(path)})
            raise UserError(f"no folder {self.member!r} with files; {suggest(self.member.strip('/'), folders)}")
        return members


def _folders_of(path: str) -> list[str]:
    """
    >>> _folders_of("train/cats/1.png")
    ['train', 'train/cats']
    """
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
