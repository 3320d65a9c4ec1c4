"""A run with nothing to do, told from the state of the files alone: without DVC, and without reading dvc.lock as YAML.

A run that found no stale stage among all keeps the state in which that was so.
"""

import json
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stages.cli.dataset_keys import check_keys
from stages.cli.git import git
from stages.cli.run.changed_sources import warn_of_changed_sources
from stages.cli.run.check_memory import check_memory, memory_limit
from stages.cli.run.clone_lock import only_run_in_clone
from stages.cli.run.compose_if_changed import compose_if_changed
from stages.core.dvc.working_tree.fingerprint import Fingerprint, fingerprint
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.guard.remove_other_datasets import remove_results_of_other_datasets

KEPT = Path(".dvc/tmp/restage/nothing_to_run.json")


@dataclass(frozen=True)
class UpToDate:
    """`chains` are the names of all chains in the order of a run, `datasets` what is needed of their parameters.

    `cache` and `configuration` are where DVC keeps its objects and its settings, `memory` is that of params.yaml.
    """

    cache: str
    configuration: list[str]
    memory: object
    state: str
    chains: list[str]
    datasets: dict[str, Any]


def nothing_to_run(keys: Sequence[str], wait: bool, memory: int | None = None) -> bool:
    """Whether it is known that no stage is stale; the run is over then. Raises UserError as a run does.

    `memory`, in bytes, is what the run may use, in place of that in params.yaml.
    False if a run has to find out, also if a file cannot be read: it says why.
    """
    with suppress(OSError), only_run_in_clone(wait):
        kept = _read()
        if kept is None:
            return False
        compose_if_changed()
        if current_state(fingerprint(Path(kept.cache), list(map(Path, kept.configuration)))) != kept.state:
            return False
        check_keys(keys, list(kept.datasets))
        warn_of_changed_sources(kept.datasets, keys)
        remove_results_of_other_datasets(kept.datasets)
        check_memory(memory_limit(memory, kept.memory), {key: kept.datasets[key] for key in keys or kept.datasets})
        report_nothing_to_run([name for name in kept.chains if not keys or name in keys])
        return True
    return False


def report_nothing_to_run(chains: Sequence[str]) -> None:
    print(f"nothing to run: {', '.join(chains)}")


def current_state(files: Fingerprint) -> str:
    try:
        head = git("rev-parse", "--verify", "HEAD").strip()
    except UserError:
        head = ""  # no repository, or no commit
    packages = Path(sysconfig.get_path("purelib"))
    return f"{files.state} {head} {packages} {packages.stat().st_mtime_ns}"


def keep_nothing_to_run(
    state: str, cache: str, configuration: Sequence[str], chains: Sequence[str], params: Mapping[str, Any]
) -> None:
    """`state` is that before the stages were compared: what changed meanwhile was perhaps not seen."""
    needed = {key: _needed(sections) for key, sections in params["datasets"].items()}
    kept = UpToDate(cache, [*configuration], params.get("memory"), state, [*chains], needed)
    with suppress(UserError):  # the disk is full: the next run compares all stages again
        write_text(KEPT, json.dumps(asdict(kept)))


def _needed(sections: Mapping[str, Any]) -> dict[str, Any]:
    """In each run, local files are compared, and the memory that chains ask for."""
    names = ["resources"] if "resources" in sections else []
    if sections.get("download", {}).get("source") == "file":
        names.append("download")
    return {name: sections[name] for name in names}


def _read() -> UpToDate | None:
    """None if the file is missing or damaged."""
    try:
        return UpToDate(**json.loads(KEPT.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
