"""Objects by their MD5: those of DVC's cache, and what is not in there from the default remote.

Neither the cache nor the working tree is changed.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from stages.cli.cache.needed_objects import parse_folder
from stages.core.dvc.storage.cache import FOLDER_SUFFIX, cache_object, md5_of_file
from stages.core.errors import UserError, format_examples

if TYPE_CHECKING:
    from stages.core.dvc.storage.object_stores import ObjectStore

_MD5 = re.compile(r"[0-9a-f]{32}")
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")


class ObjectSource:
    """`folder` gets the objects that are fetched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder_files(self, md5: str) -> dict[str, str]:
        """The MD5 of each file by its path in the folder.

        Raises LookupError if the list is nowhere, and UserError if it leads out of the folder.
        """
        files = parse_folder(self.find(md5).read_bytes())
        outside = [path for path, of_file in files.items() if not is_inside(path) or not _MD5.fullmatch(of_file)]
        if outside:
            raise UserError(
                f"object {md5}: names files outside of its folder: {format_examples(outside)}; do not use this revision"
            )
        return files

    def find(self, md5: str) -> Path:
        """A file with the content, intact. Raises LookupError if there is none."""
        cached = cache_object(md5)
        if is_intact(cached, md5):
            return cached.absolute()
        fetched = self._folder / md5
        if not fetched.is_file():
            self._fetch(md5, fetched)
        return fetched

    def _fetch(self, md5: str, target: Path) -> None:
        if self._remote is None:
            raise LookupError(md5)
        from stages.core.dvc.storage.object_stores import object_file

        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._remote.fetch(object_file(md5), target)
        except UserError:
            raise LookupError(md5) from None
        if not is_intact(target, md5):
            target.unlink()
            raise LookupError(md5)

    @property
    def where_missing(self) -> str:
        """Where an object that was not found is missing."""
        if self.remote_name is None:
            return "not in DVC's cache, and there is no default remote"
        return f"neither in DVC's cache nor on the remote {self.remote_name}"

    @property
    def solution(self) -> str:
        """What makes a missing object available."""
        if self.remote_name is None:
            return "`dvc remote add --default NAME ADDRESS` adds one"
        return "run `dvc push --all-commits` in the clone that has it"

    @property
    def remote_name(self) -> str | None:
        # DVC is imported only if something is not in the cache.
        from stages.core.dvc.storage.configuration import read_configuration

        return read_configuration().default_remote

    @cached_property
    def _remote(self) -> "ObjectStore | None":
        from stages.core.dvc.storage.object_stores import Storage

        return Storage().remote(None, "fetch") if self.remote_name else None


def is_inside(path: str) -> bool:
    """
    >>> is_inside("seeds/2.keras"), is_inside("seeds/../../2.keras"), is_inside("/seeds")
    (True, False, False)
    """
    return not _ABSOLUTE.match(path) and ".." not in path.replace("\\", "/").split("/")


def is_intact(file: Path, md5: str) -> bool:
    return file.is_file() and md5_of_file(file) == md5.removesuffix(FOLDER_SUFFIX)
