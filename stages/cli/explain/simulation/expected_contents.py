"""The content that each path will have during a run: that of the working tree, until a stage before changes it."""

import hashlib
import json
from collections import UserDict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, TypeVar

from stages.core.dvc.storage.cache import cache_object, folder_entries, md5_of_folder
from stages.core.dvc.working_tree.content import Content
from stages.core.dvc.working_tree.working_tree import WorkingTree

_ABSENT = object()
Value = TypeVar("Value")


class _Paths(UserDict[str, Value]):
    """Values by path. Those in a folder are found without a look at all: hundreds of datasets have thousands."""

    def __init__(self, values: Mapping[str, Value] = MappingProxyType({})) -> None:
        self._inside: dict[str, set[str]] = {}
        super().__init__(values)

    def __setitem__(self, path: str, value: Value) -> None:
        if path not in self.data:
            for folder in PurePosixPath(path).parents:
                self._inside.setdefault(str(folder), set()).add(path)
        super().__setitem__(path, value)

    def inside(self, folder: str) -> Collection[str]:
        return self._inside.get(folder, ())


class NotKnown(Exception):
    """The content is made of outputs of these stages, which have not run yet."""

    def __init__(self, stages: Iterable[str]) -> None:
        self.stages = sorted(set(stages))
        super().__init__(", ".join(self.stages))


class ExpectedContents:
    """`absent` are files of the working tree that a run removes."""

    def __init__(self, tree: WorkingTree, absent: Iterable[str] = ()) -> None:
        self._tree = tree
        self._absent = _Paths[None](dict.fromkeys(absent))
        self._outputs = _Paths[Content | str]()  # a text is the stage whose output is not known
        self._files: dict[str, bytes] = {}

    def content(self, path: str) -> Content | None:
        """None if there is nothing. Raises NotKnown."""
        if path in self._outputs:
            return self._known(path)
        around = next((str(parent) for parent in PurePosixPath(path).parents if str(parent) in self._outputs), None)
        if around is not None:
            return _content_in(self._known(around), str(PurePosixPath(path).relative_to(around)))
        if self._outputs.inside(path) or self._absent.inside(path):
            files = self._files_of_folder(path)
            files = {file: md5 for file, md5 in files.items() if f"{path}/{file}" not in self._absent}
            return Content(md5_of_folder(files), files=files) if files else None
        return self._tree.content(path)

    def is_changed(self, path: str) -> bool:
        """Whether it will be another content than that of the working tree, as far as it is known."""
        if not self._is_touched(path):
            return False
        try:
            expected, now = self.content(path), self._tree.content(path)
        except NotKnown:
            return True
        return (expected and expected.md5) != (now and now.md5)

    def only_removed(self, path: str, recorded: str) -> list[str]:
        """The files of a folder that a run removes; empty if the folder differs from the recorded one also without."""
        removed = sorted(self._absent.inside(path))
        return removed if removed and md5_of_folder(self._files_of_folder(path)) == recorded else []

    def _is_touched(self, path: str) -> bool:
        around = any(str(each) in self._outputs for each in (path, *PurePosixPath(path).parents))
        return around or bool(self._outputs.inside(path) or self._absent.inside(path))

    def _known(self, path: str) -> Content:
        content = self._outputs[path]
        if isinstance(content, str):
            raise NotKnown([content])
        return content

    def _files_of_folder(self, path: str) -> dict[str, str]:
        """Those of the working tree, with the outputs of several stages in it."""
        outputs = sorted(self._outputs.inside(path))
        if missing := [stage for output in outputs if isinstance(stage := self._outputs[output], str)]:
            raise NotKnown(missing)
        folder = self._tree.content(path)
        files = dict(folder.files or {}) if folder else {}
        for output in outputs:
            content, name = self._known(output), output.removeprefix(f"{path}/")
            inside = {name: content.md5} if content.files is None else content.files
            files = {file: md5 for file, md5 in files.items() if not file.startswith(f"{name}/")}
            files |= inside if content.files is None else {f"{name}/{file}": md5 for file, md5 in inside.items()}
        return files

    def parameters(self, stage: str, file: str, names: Iterable[str]) -> dict[str, Any]:
        """The values that are there, by name. Raises NotKnown."""
        text = self._text(file)
        if text is None:
            return self._tree.parameters(stage, file)
        values, wanted = json.loads(text), list(names)
        found = {name: _lookup(values, name) for name in wanted} if wanted else values
        return {name: value for name, value in found.items() if value is not _ABSENT}

    def _text(self, file: str) -> bytes | None:
        """None if it is that of the working tree."""
        if file in self._files:
            return self._files[file]
        content, now = self.content(file), self._tree.content(file)
        if content is None or (now is not None and now.md5 == content.md5):
            return None
        return cache_object(content.md5).read_bytes()

    def set_file(self, path: str, text: bytes) -> None:
        """A file that is written before or by a stage."""
        self._files[path] = text
        self._outputs[path] = Content(_md5(text))

    def set_outputs(self, files: Mapping[str, bytes], outputs: Iterable[str]) -> None:
        """The outputs of a stage, those whose files are known."""
        self._files |= files
        for output in outputs:
            inside = {path: _md5(text) for path, text in files.items() if path.startswith(f"{output}/")}
            if inside:
                listed = {path.removeprefix(f"{output}/"): md5 for path, md5 in inside.items()}
                self._outputs[output] = Content(md5_of_folder(listed), files=listed)
            elif output in files:
                self._outputs[output] = Content(_md5(files[output]))

    def set_recorded(self, outputs: Iterable[Mapping[str, Any]]) -> None:
        """The outputs of a stage that will be restored from the cache, as entries of dvc.lock."""
        for output in outputs:
            files = folder_entries(output["md5"]) if output["md5"].endswith(".dir") else None
            self._outputs[output["path"]] = Content(output["md5"], bool(output.get("isexec")), files)

    def set_not_known(self, stage: str, outputs: Iterable[str]) -> None:
        for output in outputs:
            if output not in self._outputs:
                self._outputs[output] = stage


def _content_in(folder: Content, path: str) -> Content | None:
    """A file or a folder in a folder."""
    files = folder.files or {}
    if path in files:
        return Content(files[path])
    inside = {file.removeprefix(f"{path}/"): md5 for file, md5 in files.items() if file.startswith(f"{path}/")}
    return Content(md5_of_folder(inside), files=inside) if inside else None


def _lookup(values: Any, name: str) -> Any:
    for part in name.split("."):
        values = values.get(part, _ABSENT) if isinstance(values, Mapping) else _ABSENT
    return values


def _md5(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def removed_results(folders: Iterable[Path], keys: Iterable[str]) -> list[str]:
    """The results of datasets that are not in the suite. A run removes them before anything else."""
    known = set(keys)
    return [str(file) for folder in folders for file in folder.glob("*.json") if file.stem not in known]
