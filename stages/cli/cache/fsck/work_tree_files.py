"""Files of the work tree, compared with its record by their bytes: as a source of repairs, and as damaged copies.

DVC knows a file that it checked out by its size, time and inode. It does not read it again, so it takes a copy of a
damaged object, or a link to it, for intact.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from stages.cli.cache.check_files import map_files
from stages.cli.cache.needed_objects import FolderFiles, NeededObject
from stages.cli.cache.recorded_output_files import Output
from stages.core.dvc.storage.cache import FOLDER_SUFFIX, folder_object, md5_of_file, md5_of_folder
from stages.core.dvc.storage.quarantine import quarantine
from stages.core.files.atomic_write import remove


class WorkTree:
    """`outputs` are those of its record that DVC keeps in the cache."""

    def __init__(self, outputs: Iterable[Output]) -> None:
        self.outputs = list(outputs)
        self._md5s: dict[Path, str] = {}

    def folder_files(self, name: str) -> dict[str, str] | None:
        """The files of a recorded folder that is as recorded."""
        for folder in (Path(output.path) for output in self.outputs if output.md5 == name):
            files = {f.relative_to(folder).as_posix(): self.md5(f) for f in sorted(folder.rglob("*")) if f.is_file()}
            if md5_of_folder(files) == name:
                return files
        return None

    def copy_of(self, md5: str, needed: Iterable[NeededObject], folder: Path) -> Path | None:
        """A file with the content of this object, if there is one; `folder` is for files that have to be written."""
        if md5.endswith(FOLDER_SUFFIX):
            files = self.folder_files(md5)
            if files is None:
                return None
            target = folder / md5
            target.write_bytes(folder_object(files))
            return target
        paths = (Path(n.path) for n in needed if n.output in self.outputs)
        return next((path for path in paths if path.is_file() and self.md5(path) == md5), None)

    def files(self, folder_files: FolderFiles) -> Iterator[tuple[Path, str, Output]]:
        """The files that exist, with their recorded MD5."""
        for output in self.outputs:
            for path, md5 in _recorded_files(output, folder_files):
                if path.is_file():
                    yield path, md5, output

    def damaged_files(
        self, folder_files: FolderFiles, is_believed: Callable[[Path, str], bool]
    ) -> list[tuple[Path, Output]]:
        """Files with other bytes than recorded, which `is_believed` tells from files that a person has edited."""
        recorded = list(self.files(folder_files))
        map_files("check the work tree", None, self.md5, [path for path, _, _ in recorded])
        return [(path, o) for path, md5, o in recorded if self.md5(path) != md5 and is_believed(path, md5)]

    def md5(self, file: Path) -> str:
        if file not in self._md5s:
            self._md5s[file] = md5_of_file(file)
        return self._md5s[file]


def _recorded_files(output: Output, folder_files: FolderFiles) -> Iterator[tuple[Path, str]]:
    if not output.md5.endswith(FOLDER_SUFFIX):
        yield Path(output.path), output.md5
        return
    for file, md5 in (folder_files(output.md5) or {}).items():
        yield Path(output.path, file), md5


def move_away(files: Iterable[Path]) -> None:
    """To quarantine; a link is just removed."""
    for file in files:
        if file.is_symlink():
            remove(file)
        else:
            quarantine([file])
