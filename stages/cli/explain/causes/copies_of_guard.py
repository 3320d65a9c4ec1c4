"""The files in conf/ behind what the guard writes for the other stages."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from stages.cli.explain.causes.changed_files import Change, differing_files
from stages.cli.explain.causes.find_recorded import md5_of
from stages.cli.explain.explanation import SuiteReason
from stages.cli.explain.simulation.known_outputs import known_outputs
from stages.cli.explain.simulation.simulate_run import ChangedFile
from stages.core.artefacts.records.suite_datasets import SuiteRecord
from stages.core.dvc.storage.cache import cache_object, folder_entries
from stages.core.own_model.model_files import PACKAGE_FILE
from stages.core.paths import ACCEPTED_COPIES, CONF, MODEL_FILE_COPIES, MODEL_FILES, REFRESH_RECORD_COPIES, SUITE


def copied_file(changed: ChangedFile) -> ChangedFile:
    """The file or folder in conf/ that the guard copied; other dependencies as they are."""
    path = PurePosixPath(changed.path)
    originals = {
        PurePosixPath(ACCEPTED_COPIES): CONF / "accepted" / path.name,
        PurePosixPath(REFRESH_RECORD_COPIES): CONF / "refreshed" / path.name,
        PurePosixPath(MODEL_FILE_COPIES): MODEL_FILES,
    }
    original = originals.get(path.parent)
    return changed if original is None else ChangedFile(str(original), changed.recorded, changed.now)


def model_file_changes(changed: ChangedFile, records: Mapping[str, Any]) -> list[tuple[str, Change]] | None:
    """The files in conf/models; None if the cache has no list of those that were recorded."""
    key = PurePosixPath(changed.path).name
    outs = records.get("guard", {}).get("outs", [])
    md5 = next((out["md5"] for out in outs if out["path"] == str(MODEL_FILE_COPIES)), "")
    entries = (folder_entries(md5) if md5 else None) or {}
    old = {name.removeprefix(f"{key}/"): md5 for name, md5 in entries.items() if name.startswith(f"{key}/")}
    if not old or md5_of(old) != changed.recorded:
        return None
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
