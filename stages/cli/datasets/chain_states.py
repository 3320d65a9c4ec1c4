"""Which stages of each dataset a run would run, found without running the guard or any other stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

from stages.cli.datasets.conf_changes import conf_changed
from stages.core.dvc.lock_file.lock_file import read_lock_file
from stages.core.dvc.pipeline_file import read_pipeline, stages_of_dataset
from stages.core.dvc.repository import Repository


@dataclass(frozen=True)
class ChainState:
    """`to_run` are the names of the first stale stage and of those that follow it, such as `train`."""

    key: str
    to_run: tuple[str, ...]
    ran_before: bool


def chain_states(repository: Repository, params: Mapping[str, Any], keys: Sequence[str] = ()) -> list[ChainState]:
    """The state of the datasets of composed parameters. `repository` has read its stages."""
    recorded, pipeline = read_lock_file(), read_pipeline()
    datasets = {key: sections for key, sections in params["datasets"].items() if not keys or key in keys}
    names = {key: stages_of_dataset(key, pipeline, params) for key in datasets}
    known = [f"{name}@{key}" for key in datasets for name in names[key] if f"{name}@{key}" in recorded]
    changed = repository.changed(stage for stage in known if stage in repository.stage_names)

    def state(key: str, sections: Mapping[str, Any]) -> ChainState:
        to_run = dropwhile(lambda name: not _is_stale(name, key, sections, recorded, changed), names[key])
        return ChainState(key, tuple(to_run), any(f"{name}@{key}" in recorded for name in names[key]))

    return [state(key, sections) for key, sections in datasets.items()]


def _is_stale(name: str, key: str, sections: Mapping[str, Any], recorded: Mapping[str, Any], changed: set[str]) -> bool:
    stage = f"{name}@{key}"
    return stage not in recorded or stage in changed or conf_changed(stage, sections, recorded)
