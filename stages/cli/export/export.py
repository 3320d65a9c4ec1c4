"""`restage export`: writes a folder with the model of the last run, which needs nothing of this repository."""

import subprocess
import sys
from pathlib import Path

from stages.cli.dataset_keys import check_keys
from stages.cli.datasets.chain_states import ChainState, chain_states
from stages.cli.export.declare_artifact import declare_artifact
from stages.cli.export.target_folder import check_target
from stages.cli.run.compose_if_changed import composed_params
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.errors import UserError


def export(key: str, target: Path | None, artifact: str | None, debug: bool) -> None:
    """Write the folder `target`, or name the output of the stage `export` as an artifact in dvc.yaml.

    Raises UserError if a stage has to run first: the folder and its card must belong together.
    """
    if (target is None) == (artifact is None):
        raise UserError("name a folder: `restage export KEY DIR`, or an artifact: `restage export KEY --artifact NAME`")
    params = composed_params()
    check_keys([key], list(params["datasets"]))
    if artifact is not None:
        check_declared(key, params["datasets"][key])
    elif target is not None:
        check_target(target)
    with dvc_errors():
        repository = Repository()
        repository.read_stages()
        [state] = chain_states(repository, params, [key])
    check_up_to_date(state, with_export=artifact is not None)
    if artifact is not None:
        declare_artifact(key, artifact)
    elif target is not None:
        write_folder(key, target, debug)


def check_declared(key: str, sections: dict[str, object]) -> None:
    if sections.get("export") is None:
        raise UserError(f"conf/dataset/{key}.yaml: has no export; add `export: {{}}`, then `restage run {key}`")


def check_up_to_date(state: ChainState, with_export: bool) -> None:
    """
    >>> check_up_to_date(ChainState("iris", ("export",), ran_before=True), with_export=False)
    """
    stale = [stage for stage in state.to_run if with_export or stage != "export"]
    if stale:
        problem = f"{stale[0]} has to run first" if state.ran_before else "it never ran"
        raise UserError(f"{state.key}: {problem}; run `restage run {state.key}`")


def write_folder(key: str, target: Path, debug: bool) -> None:
    """In a process that is prepared as that of the stage, so that it writes the same bytes."""
    command = [
        sys.executable,
        "-m",
        "stages.export.export_to_folder",
        key,
        str(target),
        *(["--debug"] if debug else []),
    ]
    code = subprocess.run(command, check=False).returncode
    if code:
        raise SystemExit(code)
    print(f"{target}: written; README.md is its model card, and `cd {target} && python -m model check` checks it")
