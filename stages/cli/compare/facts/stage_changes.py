"""Stages whose record in dvc.lock differs, and by what."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stages.cli.compare.comparison import StageChange
from stages.cli.revisions.snapshot import Snapshot
from stages.cli.run.last_run.stage_durations import read_durations
from stages.core import paths
from stages.core.dvc.storage.cache import md5_of_file

# The inputs of a stage by what they are to a person. The first folder that holds the input names it.
_KINDS = {
    paths.ACCEPTED_COPIES: "accepted profile",
    paths.MODEL_FILE_COPIES: "own model",
    paths.REFRESH_RECORD_COPIES: "refresh record",
    Path("data"): "data",
    Path("reports"): "data",
    Path("stages/locked"): "versions",
    Path("stages"): "code",
}
PARAMETERS, COMMAND, OUTPUTS_ONLY, NEW, REMOVED = "parameters", "command", "outputs only", "new", "removed"


def stage_changes(base: Snapshot, head: Snapshot, key: str) -> list[StageChange]:
    """In the order of dvc.lock. The seconds are those of this clone's last run, if head is the working tree."""
    seconds = read_durations() if head.commit is None else {}
    names = [name for name in dict.fromkeys([*head.records, *base.records]) if name.endswith(f"@{key}")]
    found = ((name, changed_inputs(base.records.get(name), head.records.get(name))) for name in names)
    return [
        StageChange(stage=name.partition("@")[0], inputs=inputs, seconds=seconds.get(name))
        for name, inputs in found
        if inputs
    ]


def changed_inputs(base: Mapping[str, Any] | None, head: Mapping[str, Any] | None) -> list[str]:
    """What differs between two entries of dvc.lock; empty if nothing does."""
    if base is None or head is None:
        return [] if base is head else [NEW if base is None else REMOVED]
    inputs = dict.fromkeys(_changed_inputs(base, head))
    if not inputs and _files(base, "outs") != _files(head, "outs"):
        return [OUTPUTS_ONLY]
    return list(inputs)


def _changed_inputs(base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[str]:
    if base.get("params") != head.get("params"):
        yield PARAMETERS
    old, new = _files(base, "deps"), _files(head, "deps")
    for path in dict.fromkeys([*new, *old]):
        if old.get(path) != new.get(path):
            yield input_kind(Path(path))
    if base.get("cmd") != head.get("cmd"):
        yield COMMAND


def input_kind(path: Path) -> str:
    """
    >>> [input_kind(Path(p)) for p in ("stages/core", "stages/locked/train.txt", "data/raw/iris", "mine.csv")]
    ['code', 'versions', 'data', 'files']
    """
    return next((kind for folder, kind in _KINDS.items() if folder == path or folder in path.parents), "files")


def has_same_output(base: Snapshot, head: Snapshot, stage: str, path: Path) -> bool:
    """Whether both record the same output. `stage` is a name such as `train@iris`."""
    old, new = (output_md5(snapshot, stage, path) for snapshot in (base, head))
    return old is not None and old == new


def output_md5(snapshot: Snapshot, stage: str, path: Path) -> str | None:
    """The MD5 of an output in dvc.lock; None if it is not recorded.

    That of a file of the working tree itself, which a stage that failed has written and DVC has not recorded.
    """
    if snapshot.commit is None and path.is_file():
        return md5_of_file(path)
    return _files(snapshot.records.get(stage, {}), "outs").get(str(path))


def _files(entry: Mapping[str, Any], section: str) -> dict[str, str | None]:
    return {str(file["path"]): file.get("md5") for file in entry.get(section, [])}
