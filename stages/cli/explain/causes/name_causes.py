"""Turns the changed dependencies of the stages into reasons that a person knows: files, versions, parameters."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import yaml

from stages.cli.explain.causes.changed_files import ChangedFiles
from stages.cli.explain.causes.copies_of_guard import changed_copies, suite_change
from stages.cli.explain.causes.git_objects import GitObjects
from stages.cli.explain.causes.import_chains import import_chain, imports_are_known
from stages.cli.explain.causes.locked_versions import changed_versions
from stages.cli.explain.explanation import (
    FilesReason,
    InputReason,
    LockedVersionsReason,
    ParametersReason,
    Reason,
    RemovedResultsReason,
    StageExplanation,
    SuiteReason,
)
from stages.cli.explain.simulation.changed_parameters import changed_values
from stages.cli.explain.simulation.simulate_run import ChangedFile, SimulatedStage
from stages.cli.git import is_shallow
from stages.core.dvc.storage.cache import md5_of_file
from stages.core.paths import CONF, PARAMS, SUITE

NO_IMPORTS = "by which imports a stage reaches a module: grimp is not installed; run `make setup`"
SHALLOW = "what a stage read, if its commit is not in this shallow clone; run `git fetch --unshallow`"
LOCKED = PurePosixPath("stages/locked")


class Causes:
    """`commands` are those of the stages, and `records` the entries of dvc.lock."""

    def __init__(
        self,
        objects: GitObjects,
        stages: Sequence[SimulatedStage],
        commands: Mapping[str, str],
        records: Mapping[str, Any],
        params: Mapping[str, Any],
    ) -> None:
        self._objects = objects
        self._commands = commands
        self._params = params
        changed = [each for stage in stages for each in stage.differences if isinstance(each, ChangedFile)]
        self._copies = {each: copies for each in changed if (copies := changed_copies(each, records))}
        copied = [path for copies in self._copies.values() for path, _ in copies.files]
        self._files = ChangedFiles(objects, [each for each in changed if each not in self._copies], copied)
        has_code = any(_kind(each.path) == "code" for each in changed)
        self._imports = has_code and imports_are_known()
        self.unknown = [NO_IMPORTS] if has_code and not self._imports else []
        if self._files.some_not_found and is_shallow():
            self.unknown.append(SHALLOW)

    def explain(self, stage: SimulatedStage, seconds: float | None) -> StageExplanation:
        reasons = [
            self._reason(stage.name, each) if isinstance(each, ChangedFile) else each for each in stage.differences
        ]
        if any(isinstance(reason, SuiteReason) and reason.removed for reason in reasons):
            reasons = [reason for reason in reasons if not isinstance(reason, RemovedResultsReason)]
        return StageExplanation(
            stage=stage.name, result=stage.result, reasons=reasons, waits_for=stage.waits_for, seconds=seconds
        )

    def _reason(self, stage: str, changed: ChangedFile) -> Reason:
        path = PurePosixPath(changed.path)
        if path == PurePosixPath(SUITE):
            return suite_change(changed, self._params) or InputReason(path=changed.path, stage="guard")
        if changed in self._copies:
            return self._changed_copies(changed)
        if path == PurePosixPath(PARAMS) and (values := self._parameters(changed)):
            return values
        if path.parent == LOCKED:
            return self._locked_versions(changed)
        return self._changed_files(stage, changed)

    def _changed_files(self, stage: str, changed: ChangedFile) -> FilesReason:
        kind, files = _kind(changed.path), self._files.of(changed)
        if kind == "code" and self._imports:
            chains = [import_chain(self._commands[stage], file.path) for file in files]
            files = [
                file.model_copy(update={"imported_by": list(chain) if chain else None})
                for file, chain in zip(files, chains, strict=True)
            ]
        return FilesReason(
            kind=kind, dependency=changed.path, recorded=self._files.recorded_commit(changed), files=files
        )

    def _changed_copies(self, changed: ChangedFile) -> FilesReason:
        copies = self._copies[changed]
        files = [self._files.describe(path, change) for path, change in copies.files]
        return FilesReason(kind=copies.kind, dependency=changed.path, recorded=None, files=files)

    def _locked_versions(self, changed: ChangedFile) -> LockedVersionsReason:
        old, text = self._recorded_text(changed), Path(changed.path).read_text(encoding="utf-8")
        versions = [] if old is None else changed_versions(old.decode(), text)
        return LockedVersionsReason(dependency=changed.path, versions=versions, files=self._files.of(changed))

    def _recorded_text(self, changed: ChangedFile) -> bytes | None:
        """From the working tree, where a run would write the file anew, or from a commit."""
        file = Path(changed.path)
        if file.is_file() and md5_of_file(file) == changed.recorded:
            return file.read_bytes()
        commit = self._files.recorded_commit(changed)
        return self._objects.file(commit, changed.path) if commit else None

    def _parameters(self, changed: ChangedFile) -> ParametersReason | None:
        """None if the recorded params.yaml is not there any more, or only its layout changed."""
        old = self._recorded_text(changed)
        if old is None:
            return None
        values = changed_values(changed.path, yaml.load(old, Loader=yaml.CSafeLoader), self._params)
        return ParametersReason(values=values) if values else None


def _kind(path: str) -> Literal["code", "conf", "file"]:
    """
    >>> _kind("stages/core"), _kind("conf"), _kind("own.csv")
    ('code', 'conf', 'file')
    """
    first = PurePosixPath(path).parts[0]
    return "code" if first == "stages" else "conf" if first == str(CONF) else "file"
