"""Which stages of each dataset a run would run, found without running the guard or any other stage."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

from stages.core.dvc.lock_file.lock_file import read_lock_file
from stages.core.dvc.pipeline_file import read_pipeline
from stages.core.dvc.repository import Repository
from stages.core.own_model.model_files import PACKAGE_FILE
from stages.core.paths import MODEL_FILES, accepted_profile_copy, dataset_params, model_file_copies, refresh_record_copy
from stages.guard.guard_stage import accepted_profile_text, refresh_text


@dataclass(frozen=True)
class ChainState:
    """`to_run` are the names of the first stale stage and of those that follow it, such as `train`."""

    key: str
    to_run: tuple[str, ...]
    ran_before: bool


def chain_states(repository: Repository, params: Mapping[str, Any], keys: Sequence[str] = ()) -> list[ChainState]:
    """The state of the datasets of composed parameters. `repository` has read its stages."""
    recorded = read_lock_file()
    names = [name for name, section in read_pipeline().items() if "foreach" in section]
    datasets = {key: sections for key, sections in params["datasets"].items() if not keys or key in keys}
    known = [f"{name}@{key}" for key in datasets for name in names if f"{name}@{key}" in recorded]
    changed = repository.changed(stage for stage in known if stage in repository.stage_names)

    def state(key: str, sections: Mapping[str, Any]) -> ChainState:
        to_run = dropwhile(lambda name: not _is_stale(name, key, sections, recorded, changed), names)
        return ChainState(key, tuple(to_run), any(f"{name}@{key}" in recorded for name in names))

    return [state(key, sections) for key, sections in datasets.items()]


def _is_stale(name: str, key: str, sections: Mapping[str, Any], recorded: Mapping[str, Any], changed: set[str]) -> bool:
    """Parameters and the guard's copies are compared as the guard will write them: its files may be old."""
    stage = f"{name}@{key}"
    if stage not in recorded or stage in changed:
        return True
    params = recorded[stage].get("params", {}).get(str(dataset_params(key)), {})
    if any(value != sections.get(section, {}) for section, value in params.items()):
        return True
    md5s = {dep["path"]: dep.get("md5") for dep in recorded[stage].get("deps", [])}
    if str(model_file_copies(key)) in md5s and _own_model_changed(key):
        return True
    copies = {accepted_profile_copy(key): accepted_profile_text, refresh_record_copy(key): refresh_text}
    return any(str(copy) in md5s and md5s[str(copy)] != _md5(text_of(key)) for copy, text_of in copies.items())


def _own_model_changed(key: str) -> bool:
    """Whether a file in conf/models differs from the guard's copy of it."""
    copies = [file for file in model_file_copies(key).glob("*.py") if file.name != PACKAGE_FILE]
    originals = [(file, MODEL_FILES / file.name) for file in copies]
    return any(not original.is_file() or original.read_bytes() != file.read_bytes() for file, original in originals)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
