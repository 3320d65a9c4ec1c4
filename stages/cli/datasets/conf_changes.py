"""Whether conf/ has changed since a stage ran, by dvc.lock alone. DVC is not loaded, which takes half a second."""

import hashlib
from collections.abc import Mapping
from typing import Any

from stages.core.own_model.model_files import PACKAGE_FILE
from stages.core.paths import MODEL_FILES, accepted_profile_copy, dataset_params, model_file_copies, refresh_record_copy
from stages.guard.guard_stage import accepted_profile_text, refresh_text, written_sections


def conf_changed(stage: str, sections: Mapping[str, Any], recorded: Mapping[str, Any]) -> bool:
    """Parameters and the guard's copies are compared as the guard will write them: its files may be old.

    `stage` is one that is recorded, such as `train@iris`, and `sections` are the composed parameters of its dataset.
    """
    key = stage.partition("@")[2]
    if params_changed(stage, sections, recorded):
        return True
    md5s = {dep["path"]: dep.get("md5") for dep in recorded[stage].get("deps", [])}
    if str(model_file_copies(key)) in md5s and _own_model_changed(key):
        return True
    copies = {accepted_profile_copy(key): accepted_profile_text, refresh_record_copy(key): refresh_text}
    return any(str(copy) in md5s and md5s[str(copy)] != _md5(text_of(key)) for copy, text_of in copies.items())


def params_changed(stage: str, sections: Mapping[str, Any], recorded: Mapping[str, Any]) -> bool:
    """Whether dvc.lock records other parameters for a stage than `sections`, those of its dataset."""
    params = recorded[stage].get("params", {}).get(str(dataset_params(stage.partition("@")[2])), {})
    written = written_sections(sections)
    return any(value != written.get(section, {}) for section, value in params.items())


def _own_model_changed(key: str) -> bool:
    """Whether a file in conf/models differs from the guard's copy of it."""
    copies = [file for file in model_file_copies(key).glob("*.py") if file.name != PACKAGE_FILE]
    originals = [(file, MODEL_FILES / file.name) for file in copies]
    return any(not original.is_file() or original.read_bytes() != file.read_bytes() for file, original in originals)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
