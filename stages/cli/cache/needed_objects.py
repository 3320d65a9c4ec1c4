"""The objects that records need: files, folders, and the files in the folders."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from stages.cli.cache.recorded_output_files import Output
from stages.core.dvc.storage.cache import FOLDER_SUFFIX


class NeededObject(NamedTuple):
    """`file` is the path in the output's folder; empty for the output itself."""

    output: Output
    file: str = ""

    @property
    def path(self) -> str:
        return f"{self.output.path}/{self.file}" if self.file else self.output.path


FolderFiles = Callable[[str], Mapping[str, str] | None]


def needed_objects(outputs: Iterable[Output], folder_files: FolderFiles) -> dict[str, list[NeededObject]]:
    """Who needs each object. `folder_files` returns the MD5 of each file in a folder, or None if that is lost."""
    found: dict[str, list[NeededObject]] = {}
    for output in outputs:
        for md5, needed in _objects_of(output, folder_files):
            found.setdefault(md5, []).append(needed)
    return found


def _objects_of(output: Output, folder_files: FolderFiles) -> Iterator[tuple[str, NeededObject]]:
    yield output.md5, NeededObject(output)
    if output.md5.endswith(FOLDER_SUFFIX):
        for file, md5 in (folder_files(output.md5) or {}).items():
            yield md5, NeededObject(output, file)


def parse_folder(content: bytes) -> dict[str, str]:
    """The MD5 of each file by its path in the folder, from the object that lists it."""
    return {entry["relpath"]: entry["md5"] for entry in json.loads(content)}
