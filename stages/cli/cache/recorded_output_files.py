"""The outputs that any record names: dvc.lock and .dvc files of the work tree and of each commit with a name.

DVC's own collection (`Repo.used_objs`) reads dvc.yaml and params.yaml at each commit, and leaves out what dvc.lock
records for the datasets of another suite. Here a record counts whether its stage is in dvc.yaml or not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from stages.cli.cache.commits_and_work_trees import files_at_commit, recorded_commits, work_trees
from stages.cli.git import git
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.pipeline_file import OUTPUT_KINDS, PIPELINE
from stages.core.errors import ErrorList

_TEMPLATE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Output:
    """`is_cached` and `is_pushed` are what dvc.yaml asks for; `remote` if the output has one of its own."""

    path: str
    md5: str
    stage: str
    is_cached: bool = True
    is_pushed: bool = True
    remote: str | None = None

    @property
    def dataset(self) -> str | None:
        """
        >>> Output("data/raw/iris", "1", "download@iris").dataset
        'iris'
        """
        return self.stage.partition("@")[2] or None


def recorded_outputs_of_all() -> dict[Output, list[str]]:
    """Each output with the places of its records. Raises UserError with all records that cannot be read."""
    found: dict[Output, list[str]] = {}
    errors = ErrorList()
    for folder, name in work_trees().items():
        _collect(_work_tree_files(folder), [name], found, errors)
    prefix = git("rev-parse", "--show-prefix").strip()
    for commit, names in recorded_commits().items():
        files = {path: blob for path, blob in files_at_commit(commit, prefix).items() if _is_record(path)}
        _collect({path: _Blob(blob) for path, blob in files.items()}, names, found, errors)
    errors.raise_if_any()
    return found


def earlier_outputs() -> list[Output]:
    """The outputs of all commits, also of those that no branch ends at; records that cannot be read are left out."""
    found: dict[Output, list[str]] = {}
    for line in git("rev-list", "--all", "--objects", "--", f"*{LOCK}").splitlines():
        blob, _, path = line.partition(" ")
        if PurePosixPath(path).name == LOCK.name:
            _collect({PurePosixPath(LOCK): _Blob(blob)}, [""], found, ErrorList())
    return list(found)


@dataclass(frozen=True)
class _Blob:
    """A file in Git; or one of a work tree."""

    name: str | Path

    def read(self) -> str:
        return _blob(self.name) if isinstance(self.name, str) else self.name.read_text(encoding="utf-8")


@cache
def _blob(name: str) -> str:
    return git("cat-file", "blob", name)


def _is_record(path: PurePosixPath) -> bool:
    return path.name in (LOCK.name, PIPELINE.name) or path.suffix == ".dvc"


def _work_tree_files(folder: Path) -> dict[PurePosixPath, _Blob]:
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=folder).split("\0")
    paths = {PurePosixPath(name) for name in listed if name} | {PurePosixPath(LOCK), PurePosixPath(PIPELINE)}
    return {path: _Blob(folder / path) for path in sorted(paths) if _is_record(path) and (folder / path).is_file()}


def _collect(
    files: Mapping[PurePosixPath, _Blob], names: Iterable[str], found: dict[Output, list[str]], errors: ErrorList
) -> None:
    for path, blob in files.items():
        if path.name == PIPELINE.name:
            continue
        pipeline = files.get(path.with_name(PIPELINE.name))
        try:
            text = blob.read()
            outputs = _outputs(path, text, pipeline.read() if pipeline else "")
        except (ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError):
            errors.add(f"{path} of {', '.join(names)}: cannot be read; restore it, or remove what names it")
            continue
        for output in outputs:
            places = found.setdefault(output, [])
            places += [name for name in names if name not in places]


@cache
def _outputs(path: PurePosixPath, text: str, pipeline: str) -> list[Output]:
    if path.name == LOCK.name:
        options = _output_options(pipeline)
        return [o for entry in LockText.parse(text).entries.items() for o in _outputs_of_stage(path, *entry, options)]
    outs = yaml.load(text, Loader=yaml.CSafeLoader).get("outs", [])
    return [_output(path, str(path), out, out) for out in outs if _has_object(out)]


_Options = tuple[tuple[str, re.Pattern[str], Mapping[str, Any]], ...]


def _outputs_of_stage(path: PurePosixPath, stage: str, entry: str, options: _Options) -> Iterator[Output]:
    for out in outputs_of_entry(entry):
        found = (
            o for name, pattern, o in options if name == stage.partition("@")[0] and pattern.fullmatch(out["path"])
        )
        yield _output(path, stage, out, next(found, {}))


@cache
def outputs_of_entry(entry: str) -> list[dict[str, Any]]:
    """Entries of dvc.lock are the same in most commits. Files of DVC 2 have no `hash`, and objects elsewhere."""
    [stage] = yaml.load(entry, Loader=yaml.CSafeLoader).values()
    return [out for out in stage.get("outs", []) if _has_object(out)]


def _has_object(out: Mapping[str, Any]) -> bool:
    return out.get("hash") == "md5" and isinstance(out.get("md5"), str)


def _output(path: PurePosixPath, stage: str, out: Mapping[str, Any], options: Mapping[str, Any]) -> Output:
    cached, pushed = bool(options.get("cache", True)), bool(options.get("push", True))
    return Output(str(path.parent / out["path"]), out["md5"], stage, cached, pushed, options.get("remote"))


@cache
def _output_options(pipeline: str) -> _Options:
    """What dvc.yaml says about outputs, by stage and path; a template in a path stands for any text."""
    try:
        stages = yaml.load(pipeline, Loader=yaml.CSafeLoader)["stages"].items()
        return tuple(
            (name, re.compile(".+".join(map(re.escape, _TEMPLATE.split(path)))), options or {})
            for name, stage in stages
            for kind in OUTPUT_KINDS
            for out in (stage.get("do", stage).get(kind) or [])
            if isinstance(out, dict)
            for path, options in out.items()
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError):
        return ()
