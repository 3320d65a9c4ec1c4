"""Stages whose recorded results are not those of the parameters, code and data of their revision. DVC is not loaded.

An output that is missing makes no stage stale here: a clone that has not pulled its data can be compared.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    current = _CurrentInputs(snapshot)
    names = {key: stages_of_dataset(key, snapshot.pipeline, params) for key in keys}
    stale = {key: current.first_stale(key, names[key], params["datasets"][key]) for key in names}
    return {key: names[key][names[key].index(first) :] for key, first in stale.items() if first is not None}


class _CurrentInputs:
    """What the stages of a revision would read now."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._code = code_md5s(snapshot)
        entries = snapshot.records.values()
        self._outputs = {out["path"]: out.get("md5") for entry in entries for out in entry.get("outs", [])}

    def first_stale(self, key: str, names: Iterable[str], sections: Mapping[str, Any]) -> str | None:
        return next((name for name in names if self._is_stale(f"{name}@{key}", sections)), None)

    def _is_stale(self, stage: str, sections: Mapping[str, Any]) -> bool:
        entry = self._snapshot.records.get(stage)
        if entry is None or _declaration_changed(stage, entry, self._snapshot.pipeline):
            return True
        # A commit has none of the guard's copies of conf/, which are compared in the working tree.
        compare_conf = conf_changed if self._snapshot.commit is None else params_changed
        if compare_conf(stage, sections, self._snapshot.records):
            return True
        return any(self._md5(dep) != dep.get("md5") for dep in entry.get("deps", []))

    def _md5(self, dep: Mapping[str, Any]) -> str | None:
        """Of code, that of its files; of an output of another stage, what dvc.lock records; of others, as recorded."""
        path = str(dep["path"])
        if CODE in (Path(path), *Path(path).parents):
            return recorded_code(path, self._code)
        md5: str | None = self._outputs.get(path, dep.get("md5"))
        return md5


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
        found = md5_at_commit(snapshot.commit, CODE)
        return {path: md5 for path, md5 in found.items() if not _is_ignored(path.split("/"))}
    files = (file for file in CODE.rglob("*") if not _is_ignored(file.parts) and file.is_file())
    return {file.as_posix(): md5_of_file(file) for file in files}


def _is_ignored(parts: Sequence[str]) -> bool:
    """By .dvcignore.

    >>> _is_ignored(("stages", "__pycache__", "a.py")), _is_ignored(("stages", "a.py"))
    (True, False)
    """
    return any(part in _IGNORED_FOLDERS or part.endswith(_IGNORED_ENDINGS) for part in parts)
