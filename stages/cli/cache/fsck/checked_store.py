"""The cache or a remote, with the hash of everything in it."""

from dataclasses import dataclass, field

from stages.cli.cache.check_files import CheckedFiles, map_files
from stages.cli.cache.needed_objects import parse_folder
from stages.core.dvc.storage.cache import FOLDER_SUFFIX
from stages.core.dvc.storage.object_stores import ObjectStore, object_file
from stages.core.dvc.storage.run_cache import read_run


@dataclass
class CheckedStore:
    """`md5s` has the true MD5 of each object by DVC's name; `runs` are the files of the run cache."""

    store: ObjectStore
    md5s: dict[str, str]
    runs: list[str]
    damaged_runs: list[str]
    _folders: dict[str, dict[str, str]] = field(default_factory=dict)

    def is_intact(self, name: str) -> bool:
        return self.md5s.get(name) == name.removesuffix(FOLDER_SUFFIX)

    def damaged(self) -> list[str]:
        return [name for name in self.md5s if not self.is_intact(name)]

    def folder_files(self, name: str) -> dict[str, str] | None:
        """None if the object that lists the folder is missing or damaged."""
        if not self.is_intact(name):
            return None
        if name not in self._folders:
            self._folders[name] = parse_folder(self.store.read(object_file(name)))
        return self._folders[name]

    def check_again(self, name: str) -> bool:
        """After a repair."""
        self.md5s[name] = self.store.md5(object_file(name))
        return self.is_intact(name)


def check_store(store: ObjectStore, checked: CheckedFiles) -> CheckedStore:
    names, runs = store.objects(), store.runs()
    title = f"check {store.name}"
    md5s = map_files(title, store.jobs, lambda name: checked.md5(store, object_file(name)), names)
    intact = map_files(title, store.jobs, lambda file: read_run(file, store.read(file)) is not None, runs)
    damaged_runs = [file for file, is_intact in zip(runs, intact, strict=True) if not is_intact]
    return CheckedStore(store, dict(zip(names, md5s, strict=True)), runs, damaged_runs)
