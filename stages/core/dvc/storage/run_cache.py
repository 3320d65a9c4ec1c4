"""DVC's run cache: for the inputs of each run, the outputs. DVC restores them without a check."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml
from dvc.schema import COMPILED_LOCK_FILE_STAGE_SCHEMA
from dvc.stage.cache import _get_cache_hash
from voluptuous import Invalid

from stages.core.dvc.storage.cache import FOLDER_SUFFIX, cache_folder, cache_object, folder_entries
from stages.core.dvc.working_tree.content import Content


def read_run(file: str, content: bytes) -> dict[str, Any] | None:
    """The run, as an entry of dvc.lock; None if it is damaged.

    The file's name is the hash of the run, and that of its folder the hash of the inputs and the names of the outputs.
    """
    try:
        run: dict[str, Any] = COMPILED_LOCK_FILE_STAGE_SCHEMA(yaml.load(content, Loader=yaml.CSafeLoader))
    except (UnicodeDecodeError, yaml.YAMLError, Invalid):
        return None
    path = PurePosixPath(file)
    # The hash of the inputs comes last: DVC's function changes what it is given.
    hashes = (_get_cache_hash(run), _get_cache_hash(dict(run), key=True))
    return run if hashes == (path.name, path.parent.name) else None


def run_inputs(
    command: str | list[str], deps: Mapping[str, Content], params: Mapping[str, Mapping[str, Any]], outs: Iterable[str]
) -> dict[str, Any]:
    """The part of an entry of dvc.lock by which DVC finds a run: command, inputs, and the names of the outputs."""
    inputs: dict[str, Any] = {"cmd": command}
    if deps:
        inputs["deps"] = [_dependency(path, deps[path]) for path in sorted(deps)]
    if params:
        inputs["params"] = {file: dict(values) for file, values in params.items()}
    return inputs | {"outs": [{"path": path} for path in sorted(outs)]}


def _dependency(path: str, content: Content) -> dict[str, Any]:
    entry = {"path": path, "hash": "md5", "md5": content.md5}
    return entry | ({"isexec": True} if content.executable else {})


def find_run(inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The run with these inputs that DVC would restore, the last one, as an entry of dvc.lock; None if it has none."""
    key = _get_cache_hash(dict(inputs), key=True)
    folder = cache_folder().parents[1] / "runs" / key[:2] / key
    files = sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return read_run(f"{key}/{files[0].name}", files[0].read_bytes()) if files else None


def is_restorable(run: Mapping[str, Any]) -> bool:
    """Whether the cache has all outputs of the run."""
    return all(_is_cached(str(out.get("md5", ""))) for out in run.get("outs", []))


def _is_cached(md5: str) -> bool:
    if not md5.endswith(FOLDER_SUFFIX):
        return bool(md5) and cache_object(md5).is_file()
    entries = folder_entries(md5)
    return entries is not None and all(cache_object(file).is_file() for file in entries.values())
