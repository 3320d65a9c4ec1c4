"""Stages whose recorded results are not those of the parameters, code and data of their revision. DVC is not loaded.

An output that is missing makes no stage stale here: a clone that has not pulled its data can be compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import dropwhile
from pathlib import Path
from typing import Any

from stages.cli.datasets.conf_changes import conf_changed, params_changed
from stages.cli.git import md5_at_commit
from stages.cli.revisions.snapshot import Snapshot
from stages.core.dvc.pipeline_file import stage_declaration, stages_of_dataset
from stages.core.dvc.storage.cache import md5_of_file, md5_of_folder
from stages.core.errors import UserError

CODE = Path("stages")
_IGNORED_FOLDERS = ("__pycache__",)
_IGNORED_ENDINGS = (".pyc", ".incomplete", ".egg-info")


def stale_stages(snapshot: Snapshot, params: Mapping[str, Any], keys: Iterable[str]) -> dict[str, list[str]]:
    """The first stale stage of each dataset and those after it; datasets without one are left out.

    `params` are those of params.yaml, or what conf/ composes to.
    """
    md5s = code_md5s(snapshot)
    outputs = {out["path"]: out.get("md5") for entry in snapshot.records.values() for out in entry.get("outs", [])}
    found = {}
    for key in keys:
        names = stages_of_dataset(key, snapshot.pipeline, params)
        stale = dropwhile(
            lambda name, key=key: not _is_stale(f"{name}@{key}", snapshot, params["datasets"][key], md5s, outputs),
            names,
        )
        if to_run := [*stale]:
            found[key] = to_run
    return found


def _is_stale(
    stage: str,
    snapshot: Snapshot,
    sections: Mapping[str, Any],
    code: Mapping[str, str],
    outputs: Mapping[str, str | None],
) -> bool:
    entry = snapshot.records.get(stage)
    if entry is None or _declaration_changed(stage, entry, snapshot.pipeline):
        return True
    # A commit has none of the guard's copies of conf/, which are compared in the working tree.
    compare_conf = conf_changed if snapshot.commit is None else params_changed
    if compare_conf(stage, sections, snapshot.records):
        return True
    for dep in entry.get("deps", []):
        path, recorded = dep["path"], dep.get("md5")
        current = (
            recorded_code(path, code) if CODE in (Path(path), *Path(path).parents) else outputs.get(path, recorded)
        )
        if current != recorded:
            return True
    return False


def _declaration_changed(stage: str, entry: Mapping[str, Any], pipeline: Mapping[str, Any]) -> bool:
    """Whether dvc.yaml names other files than those that the stage read when it ran."""
    try:
        declared = stage_declaration(stage, pipeline, suite=str)
    except UserError:
        return True
    return {str(path) for path in declared.deps} != {dep["path"] for dep in entry.get("deps", [])}


def recorded_code(path: str, md5s: Mapping[str, str]) -> str | None:
    """What dvc.lock would record for a file or folder of code; None if there is none."""
    if path in md5s:
        return md5s[path]
    inside = {name.removeprefix(f"{path}/"): md5 for name, md5 in md5s.items() if name.startswith(f"{path}/")}
    return md5_of_folder(inside) if inside else None


def code_md5s(snapshot: Snapshot) -> dict[str, str]:
    """The MD5 of each file of the code by its path."""
    if snapshot.commit is not None:
        return md5_at_commit(snapshot.commit, CODE)
    files = (file for file in CODE.rglob("*") if not _is_ignored(file.parts) and file.is_file())
    return {file.as_posix(): md5_of_file(file) for file in files}


def _is_ignored(parts: Sequence[str]) -> bool:
    """By .dvcignore.

    >>> _is_ignored(("stages", "__pycache__", "a.py")), _is_ignored(("stages", "a.py"))
    (True, False)
    """
    return any(part in _IGNORED_FOLDERS or part.endswith(_IGNORED_ENDINGS) for part in parts)
