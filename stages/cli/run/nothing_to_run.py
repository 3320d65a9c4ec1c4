"""A run with nothing to do, told from the state of the files alone: without DVC, and without reading dvc.lock as YAML.

A run that found no stale stage among all keeps the state in which that was so.
"""

import json
import os
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.cli.dataset_keys import check_keys
from stages.cli.git import git
from stages.cli.run.changed_sources import warn_of_changed_sources
from stages.cli.run.clone_lock import only_run_in_clone
from stages.cli.run.compose_if_changed import compose_if_changed
from stages.core.dvc.working_tree.fingerprint import fingerprint
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import write_text
from stages.guard.remove_other_datasets import remove_results_of_other_datasets

KEPT = Path(".dvc/tmp/restage/nothing_to_run.json")


@dataclass(frozen=True)
class UpToDate:
    """`chains` are the names of all chains in the order of a run, `datasets` what is needed of their parameters."""

    cache: str
    state: str
    chains: list[str]
    datasets: dict[str, Any]


def nothing_to_run(keys: Sequence[str], wait: bool) -> bool:
    """Whether it is known that no stage is stale; the run is over then. Raises UserError as a run does.

    False if a run has to find out, also if a file cannot be read: it says why.
    """
    with suppress(OSError), only_run_in_clone(wait):
        kept = _read()
        if kept is None:
            return False
        compose_if_changed()
        if current_state(kept.cache) != kept.state:
            return False
        check_keys(keys, list(kept.datasets))
        warn_of_changed_sources(kept.datasets, keys)
        remove_results_of_other_datasets(kept.datasets)
        report_nothing_to_run([name for name in kept.chains if not keys or name in keys])
        return True
    return False


def report_nothing_to_run(chains: Sequence[str]) -> None:
    print(f"nothing to run: {', '.join(chains)}")


def current_state(cache: str) -> str:
    """`cache` is the folder of DVC's cache."""
    try:
        head = git("rev-parse", "--verify", "HEAD").strip()
    except UserError:
        head = ""  # no repository, or no commit
    packages = os.stat(sysconfig.get_path("purelib")).st_mtime_ns  # noqa: PTH116
    return f"{fingerprint(Path(cache))} {head} {packages}"


def keep_nothing_to_run(state: str, cache: str, chains: Sequence[str], datasets: Mapping[str, Any]) -> None:
    """`state` is that before the stages were compared: what changed meanwhile was perhaps not seen."""
    needed = {key: _local_source(sections) for key, sections in datasets.items()}
    content = {"cache": cache, "state": state, "chains": list(chains), "datasets": needed}
    with suppress(UserError):  # the disk is full: the next run compares all stages again
        write_text(KEPT, json.dumps(content))


def _local_source(sections: Mapping[str, Any]) -> dict[str, Any]:
    """Local files are compared in each run."""
    download = sections.get("download", {})
    return {"download": download} if download.get("source") == "file" else {}


def _read() -> UpToDate | None:
    """None if the file is missing or damaged."""
    try:
        content = json.loads(KEPT.read_bytes())
        return UpToDate(**{name: content[name] for name in ("cache", "state", "chains", "datasets")})
    except (OSError, ValueError, KeyError, TypeError):
        return None
