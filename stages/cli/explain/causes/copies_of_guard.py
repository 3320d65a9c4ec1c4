"""The files in conf/ behind what the guard writes for the other stages."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import ValidationError

from stages.cli.explain.causes.changed_files import Change, differing_files
from stages.cli.explain.causes.find_recorded import md5_of
from stages.cli.explain.explanation import SuiteReason
from stages.cli.explain.simulation.known_outputs import known_outputs
from stages.cli.explain.simulation.simulate_run import ChangedFile
from stages.core.artefacts.profile import NO_PROFILE
from stages.core.artefacts.records.refreshed import NO_REFRESH
from stages.core.artefacts.records.suite_datasets import SuiteRecord
from stages.core.dvc.storage.cache import cache_object, folder_entries
from stages.core.own_model.model_files import PACKAGE_FILE
from stages.core.paths import (
    ACCEPTED_COPIES,
    MODEL_FILE_COPIES,
    MODEL_FILES,
    REFRESH_RECORD_COPIES,
    SUITE,
    accepted_profile,
    refresh_record,
)


@dataclass(frozen=True)
class ChangedCopies:
    """`files` are those in conf/, each with what happened to it."""

    kind: Literal["accepted profile", "own model", "refresh record"]
    files: tuple[tuple[str, Change], ...]


def changed_copies(changed: ChangedFile, records: Mapping[str, Any]) -> ChangedCopies | None:
    """None if the dependency is no copy of files in conf/."""
    path = PurePosixPath(changed.path)
    key = path.stem
    if path.parent == PurePosixPath(ACCEPTED_COPIES):
        change = _change_of_file(changed, NO_PROFILE)
        return ChangedCopies("accepted profile", ((str(accepted_profile(key)), change),))
    if path.parent == PurePosixPath(REFRESH_RECORD_COPIES):
        return ChangedCopies("refresh record", ((str(refresh_record(key)), _change_of_file(changed, NO_REFRESH)),))
    if path.parent == PurePosixPath(MODEL_FILE_COPIES):
        return ChangedCopies("own model", tuple(_model_file_changes(changed, records)))
    return None


def _change_of_file(changed: ChangedFile, absent: str) -> Change:
    """`absent` is what the guard writes if there is no file."""
    md5 = hashlib.md5(absent.encode(), usedforsecurity=False).hexdigest()
    return "added" if changed.recorded == md5 else "removed" if changed.now.md5 == md5 else "changed"


def _model_file_changes(changed: ChangedFile, records: Mapping[str, Any]) -> list[tuple[str, Change]]:
    """The files in conf/models; all of the dataset if the cache has no list of those that were recorded."""
    key = PurePosixPath(changed.path).name
    outs = records.get("guard", {}).get("outs", [])
    md5 = next((out["md5"] for out in outs if out["path"] == str(MODEL_FILE_COPIES)), "")
    entries = (folder_entries(md5) if md5 else None) or {}
    old = {name.removeprefix(f"{key}/"): md5 for name, md5 in entries.items() if name.startswith(f"{key}/")}
    if not old or md5_of(old) != changed.recorded:
        old = dict.fromkeys(changed.files_now, "")
    changes = differing_files(str(MODEL_FILES), old, changed.files_now)
    return [(path, change) for path, change in changes if PurePosixPath(path).name != PACKAGE_FILE]


def suite_change(changed: ChangedFile, params: Mapping[str, Any]) -> SuiteReason | None:
    """None if the cache does not have the recorded list of datasets."""
    try:
        old = SuiteRecord.model_validate_json(cache_object(changed.recorded).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    new = SuiteRecord.model_validate_json(known_outputs("guard", params)[str(SUITE)])
    before, after = ({each.key: each for each in suite.datasets} for suite in (old, new))
    return SuiteReason(
        added=[key for key in after if key not in before],
        removed=[key for key in before if key not in after],
        changed=[key for key in after if key in before and after[key] != before[key]],
    )
