"""Whether the files of the last run belong together, and whether conf/ has changed since."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stages.cli.dataset_keys import check_keys
from stages.cli.datasets.conf_changes import conf_changed
from stages.cli.run.compose_if_changed import composed_params
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK, check_merged
from stages.core.dvc.storage.cache import folder_entries, md5_of_file
from stages.core.errors import ErrorList, UserError, prefix_errors
from stages.core.parameters.read_params import read_params
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE

# The stages that decide what is predicted. What validate expects does not.
STAGES = ("download", "preprocess", "train", "evaluate")
Entries = Mapping[str, Mapping[str, Any]]


def check_last_run(key: str) -> Entries:
    """The records of the dataset's stages in dvc.lock.

    Raises UserError, with the command that helps, if there is no model, or if its files are not those of one run.
    """
    check_keys([key], list(read_params()["datasets"]))
    entries = _recorded_stages(key)
    with prefix_errors(key):
        if missing := [stage for stage in STAGES if stage not in entries]:
            raise UserError(f"{missing[0]} has never run; run `restage run {key}`")
        errors = ErrorList()
        for stage in ("train", "evaluate"):
            errors.check(
                _inputs_are_recorded(entries, stage), f"{stage} has not run with the last data; run `restage run {key}`"
            )
        errors.raise_if_any()
        for file in _needed_files(key):
            _check_file(file, key, entries)
    return entries


def describe_conf_changes(key: str, entries: Entries) -> str | None:
    """A sentence if the model is older than conf/; None if a run would train the same model."""
    try:
        sections = composed_params()["datasets"].get(key)
    except UserError as error:
        reason = "conf/ has a mistake" if len(error.messages) == 1 else f"conf/ has {len(error.messages)} mistakes"
        return f"{reason}, so it is not known whether the model is up to date: `restage compose` lists them"
    recorded = {f"{stage}@{key}": entry for stage, entry in entries.items()}
    changed = [stage for stage in STAGES if sections is None or conf_changed(f"{stage}@{key}", sections, recorded)]
    if not changed:
        return None
    return f"the model of the last run is used; conf/ has changed since ({', '.join(changed)}): `restage run {key}`"


def _recorded_stages(key: str) -> dict[str, Any]:
    """The entries alone are parsed, which takes a tenth of the time of the whole file."""
    if not LOCK.is_file():
        return {}
    check_merged(LOCK)
    try:
        texts = LockText.parse(LOCK.read_text(encoding="utf-8")).entries
        found = {stage: texts[name] for stage in STAGES if (name := f"{stage}@{key}") in texts}
        return {
            stage: next(iter(yaml.load(text, Loader=yaml.CSafeLoader).values())) or {} for stage, text in found.items()
        }
    except (ValueError, AttributeError, yaml.YAMLError):
        raise UserError(f"{LOCK}: cannot be read; `restage run` restores it") from None


def _inputs_are_recorded(entries: Entries, stage: str) -> bool:
    """Whether the stage read what dvc.lock records for the stages before it."""
    outputs = {out["path"]: out.get("md5") for entry in entries.values() for out in entry.get("outs", [])}
    return all(outputs.get(dep["path"], dep.get("md5")) == dep.get("md5") for dep in entries[stage].get("deps", []))


def _needed_files(key: str) -> list[Path]:
    return [
        paths.processed_data(key) / FITTED_FILE,
        paths.model(key) / "model.keras",
        paths.predictions(key) / OUTPUT_SETTINGS_FILE,
    ]


def _check_file(file: Path, key: str, entries: Entries) -> None:
    """A checkout of Git changes dvc.lock, and the data only with `dvc checkout`."""
    if not file.is_file():
        raise UserError(f"{file}: not found; run `restage run {key}`")
    outputs = {out["path"]: out.get("md5", "") for entry in entries.values() for out in entry.get("outs", [])}
    recorded = (folder_entries(outputs.get(str(file.parent), "")) or {}).get(file.name)
    if recorded is not None and recorded != md5_of_file(file):
        raise UserError(f"{file}: not what {LOCK} records; run `dvc checkout`, or `restage run {key}`")
