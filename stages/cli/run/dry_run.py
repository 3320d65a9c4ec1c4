"""`restage run --dry`: says which stages would run."""

from collections.abc import Sequence

from stages.cli.dataset_keys import check_keys
from stages.cli.datasets.chain_states import chain_states
from stages.cli.run.changed_sources import warn_of_changed_sources
from stages.cli.run.compose_if_changed import composed_params
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.parameters.read_params import read_params


def dry_run(keys: Sequence[str]) -> None:
    """Writes nothing. What a stage writes may be what it wrote before; then those after it are not run."""
    params = composed_params()
    check_keys(keys, list(params["datasets"]))
    warn_of_changed_sources(params["datasets"], keys, remember=False)
    with dvc_errors():
        repository = Repository(read_params())
        repository.read_stages()
        states = chain_states(repository, params, keys)
    stale = [state for state in states if state.to_run]
    for state in stale:
        print(f"{state.key}: {', '.join(state.to_run)}")
    up_to_date = [state.key for state in states if not state.to_run]
    if up_to_date:
        print(f"nothing to run: {', '.join(up_to_date)}")
    if stale:
        print("Only stages whose inputs come out different run; DVC takes known results from its run cache.")
        print(f"`{' '.join(['restage explain', *keys])}` says why.")
