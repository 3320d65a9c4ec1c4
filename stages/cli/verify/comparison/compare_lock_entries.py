"""Outputs and inputs as dvc.lock records them, and the differences between two records."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from stages.cli.verify.comparison.compare_documents import missing_message
from stages.cli.verify.comparison.compare_files import file_difference
from stages.core.dvc.storage.cache import md5_of_file
from stages.core.errors import MAX_EXAMPLES, format_examples
from stages.core.parameters.validation_errors import format_value

NOT_IN_CACHE = "cannot be compared further: the recorded content is not in the cache, try `dvc pull`"


class Output(NamedTuple):
    stage: str
    path: str
    md5: str


class OutputFile(NamedTuple):
    """`path` is None if the content with this hash is not on this machine."""

    md5: str
    path: Path | None


@dataclass(frozen=True)
class OutputStore:
    """Where the content of outputs is kept: a DVC cache, and a folder for outputs that are not cached."""

    cache: Path
    folder: Path

    def files(self, output: Output) -> dict[str, OutputFile] | None:
        """The files of a folder by their names, or one file by the name ''. None if the cache has no list of them."""
        if not output.md5.endswith(".dir"):
            path = self._cached(output.md5) or _with_hash(self.folder / output.path, output.md5)
            return {"": OutputFile(output.md5, path)}
        listing = self._cached(output.md5)
        if listing is None:
            return None
        entries = json.loads(listing.read_text(encoding="utf-8"))
        return {entry["relpath"]: OutputFile(entry["md5"], self._cached(entry["md5"])) for entry in entries}

    def _cached(self, md5: str) -> Path | None:
        return _with_hash(self.cache / md5[:2] / md5[2:], md5.removesuffix(".dir"))


def _with_hash(path: Path, md5: str) -> Path | None:
    """The path if its content has this hash: a damaged object of a cache must not be taken for what was recorded."""
    return path if path.is_file() and md5_of_file(path) == md5 else None


def recorded_outputs(lock: Mapping[str, Any], stages: Iterable[str]) -> list[Output]:
    """The outputs of these stages, as far as dvc.lock has the stage."""
    return [Output(s, out["path"], out["md5"]) for s in stages if s in lock for out in lock[s].get("outs", [])]


def output_differences(recorded: Output, new: Output, recorded_store: OutputStore, new_store: OutputStore) -> list[str]:
    """Which files differ, and where. Empty for the same hash."""
    if new.md5 == recorded.md5:
        return []
    recorded_files, new_files = recorded_store.files(recorded), new_store.files(new)
    if recorded_files is None or new_files is None:
        return [f"hash {new.md5}, recorded {recorded.md5}; {NOT_IN_CACHE}"]
    found = [
        f"{name}: {difference}" if name else difference
        for name in sorted(recorded_files | new_files)
        if (difference := _file_difference(name or recorded.path, recorded_files.get(name), new_files.get(name)))
    ]
    more = len(found) - MAX_EXAMPLES
    return [*found[:MAX_EXAMPLES], *([f"{more} more files differ"] if more > 0 else [])]


def _file_difference(name: str, recorded: OutputFile | None, new: OutputFile | None) -> str | None:
    if recorded is None or new is None:
        return missing_message(is_recorded=new is None)
    if recorded.md5 == new.md5:
        return None
    if recorded.path is None or new.path is None:
        return f"hash {new.md5}, recorded {recorded.md5}; {NOT_IN_CACHE}"
    return file_difference(recorded.path, new.path, name)


def input_differences(recorded: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """A message if the record of a stage comes from other code or parameters than HEAD has, else None.

    Both are entries of dvc.lock. Data are not compared, since they are outputs of other stages.
    """
    recorded_inputs, new_inputs = _code_and_params(recorded), _code_and_params(new)
    names = sorted(recorded_inputs | new_inputs)
    changed = [name for name in names if recorded_inputs.get(name) != new_inputs.get(name)]
    if not changed:
        return None
    examples = format_examples(
        f"{name} ({_format_input(recorded_inputs, name)}, at HEAD {_format_input(new_inputs, name)})"
        for name in changed
    )
    return f"recorded from other inputs than HEAD has: {examples}; `restage run`, then commit dvc.lock"


def _format_input(inputs: Mapping[str, Any], name: str) -> str:
    return format_value(inputs[name]) if name in inputs else "none"


def _code_and_params(entry: Mapping[str, Any]) -> dict[str, Any]:
    code = {d["path"]: d["md5"] for d in entry.get("deps", []) if not d["path"].startswith(("data/", "reports/"))}
    files = entry.get("params", {}).items()
    params = [_flatten(sections, f"datasets.{Path(file).stem}") for file, sections in files]
    return code | {name: value for values in params for name, value in values.items()}


def _flatten(value: Any, name: str = "") -> dict[str, Any]:
    """
    >>> _flatten({"a": {"b": 1}, "c": 2})
    {'a.b': 1, 'c': 2}
    """
    if not isinstance(value, dict):
        return {name: value}
    return {k: v for key, part in value.items() for k, v in _flatten(part, f"{name}.{key}" if name else key).items()}
