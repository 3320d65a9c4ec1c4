"""Stages of a revision whose recorded results are not those of its parameters or code."""

from collections.abc import Sequence

from stages.cli.datasets.conf_changes import params_changed
from stages.cli.revisions.snapshot import Snapshot
from stages.core.errors import UserError


def stale_stages(snapshot: Snapshot, keys: Sequence[str], unknown: list[str]) -> dict[str, list[str]]:
    """By dataset. Of the working tree, those that a run would run; of a commit, those of other parameters.

    A reason why that is not known is added to `unknown`.
    """
    if snapshot.commit is not None:
        return _stages_with_other_params(snapshot, keys)
    try:
        return _stages_to_run(keys)
    except UserError as error:
        unknown.append(f"stale stages: {' '.join(error.messages)}")
        return _stages_with_other_params(snapshot, keys)


def _stages_to_run(keys: Sequence[str]) -> dict[str, list[str]]:
    from stages.cli.datasets.chain_states import chain_states
    from stages.cli.run.compose_if_changed import composed_params
    from stages.core.dvc.dvc_errors import dvc_errors
    from stages.core.dvc.repository import Repository

    params = composed_params()
    with dvc_errors():
        repository = Repository()
        repository.read_stages()
        states = chain_states(repository, params, keys)
    return {state.key: [*state.to_run] for state in states if state.to_run}


def _stages_with_other_params(snapshot: Snapshot, keys: Sequence[str]) -> dict[str, list[str]]:
    """The first stage of each dataset with other parameters than dvc.lock records, and those after it."""
    found = {}
    for key in keys:
        names = [name for name in snapshot.records if name.endswith(f"@{key}")]
        changed = [params_changed(name, snapshot.datasets.get(key, {}), snapshot.records) for name in names]
        if any(changed):
            found[key] = [name.partition("@")[0] for name in names[changed.index(True) :]]
    return found
