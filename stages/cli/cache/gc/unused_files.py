"""Objects of the cache or a remote that no record needs, and entries of the run cache that lead to nothing."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.cli.cache.check_files import map_files
from stages.cli.cache.needed_objects import needed_objects, parse_folder
from stages.cli.cache.recorded_output_files import Output
from stages.core.dvc.storage.cache import FOLDER_SUFFIX
from stages.core.dvc.storage.object_stores import ObjectStore, object_file
from stages.core.dvc.storage.run_cache import read_run


class Folders:
    """The files of folders, from the first store that has an intact object that lists them."""

    def __init__(self, stores: Sequence[ObjectStore]) -> None:
        self._stores = stores
        self._names = [set(store.objects()) for store in stores]
        self._known: dict[str, Mapping[str, str] | None] = {}

    def files(self, name: str) -> Mapping[str, str] | None:
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> Mapping[str, str] | None:
        for store, names in zip(self._stores, self._names, strict=True):
            content = store.read(object_file(name)) if name in names else b""
            if hashlib.md5(content, usedforsecurity=False).hexdigest() + FOLDER_SUFFIX == name:
                return parse_folder(content)
        return None


@dataclass(frozen=True)
class UnusedFiles:
    """`objects` with their sizes; `owners` are the outputs that they were of, as far as that is known.

    `kept` are all other objects of the store.
    """

    objects: dict[str, int]
    owners: dict[str, Output]
    kept: set[str]
    runs: list[str]

    @property
    def files(self) -> list[str]:
        """The objects that list folders come first: none may be left without its files."""
        names = sorted(self.objects, key=lambda name: (not name.endswith(FOLDER_SUFFIX), name))
        return [*map(object_file, names), *self.runs]


def find_unused(store: ObjectStore, used: Collection[str], folders: Folders, known: Iterable[Output]) -> UnusedFiles:
    """`known` are outputs of earlier commits: they say what an object was."""
    names = store.objects()
    unused = [name for name in names if name not in used]
    sizes = map_files(f"list {store.name}", store.jobs, lambda name: store.info(object_file(name)).size, unused)
    runs = {file: run for file in store.runs() if (run := read_run(file, store.read(file)))}
    kept = set(names) - set(unused)
    owners = _owners(unused, folders, known, runs.values())
    # A run whose output is needed, but was never fetched, stays.
    gone = [file for file, run in runs.items() if any(md5 not in kept and md5 not in used for md5 in _md5s(run))]
    return UnusedFiles(dict(zip(unused, sizes, strict=True)), owners, kept, gone)


def _md5s(run: Mapping[str, Any]) -> list[str]:
    return [out["md5"] for out in run.get("outs", []) if "md5" in out]


def _owners(
    unused: Sequence[str], folders: Folders, known: Iterable[Output], runs: Iterable[Mapping[str, Any]]
) -> dict[str, Output]:
    """Results that were never committed are known from the run cache, which has paths and no stages."""
    outputs = list(known)
    stages = {output.path: output.stage for output in outputs}
    uncommitted = [
        Output(out["path"], out["md5"], stages.get(out["path"], out["path"]))
        for run in runs
        for out in run.get("outs", [])
        if "md5" in out
    ]
    wanted = set(unused)
    candidates = [output for output in [*outputs, *uncommitted] if output.md5 in wanted]
    needed = needed_objects(candidates, folders.files)
    return {name: needed[name][0].output for name in unused if name in needed}
