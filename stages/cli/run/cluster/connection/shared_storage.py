"""How results get from the workers to this clone: through a remote, or through a cache that all of them see."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stages.cli.doctor.checks.cache_and_remote_checks import ask_remotes
from stages.cli.run.execution.open_executor import OWN_CLUSTER
from stages.core import paths
from stages.core.dvc.storage.configuration import ABSENT, default_remote_settings, read_configuration
from stages.core.errors import UserError, format_examples

if TYPE_CHECKING:
    from distributed import Client

HINT = (
    "configure one of the two: a remote that the workers reach (`dvc remote add --default team URL`, committed), or a "
    "cache in a folder that all machines have (`dvc cache dir FOLDER`)"
)


@dataclass(frozen=True)
class SharedStorage:
    """`configuration` is that of DVC in the copies. Without `remote`, all copies use `cache`."""

    configuration: str
    remote: bool
    cache: str | None
    checkpoints: str | None


def shared_storage(place: str, client: "Client", workers: Sequence[str]) -> SharedStorage:
    """The clone's cache if it lies outside of the clone and all workers see it, else the default remote.

    The workers of this machine always use the clone's cache. Raises UserError if there is neither, or no access from
    here.
    """
    clone, settings = read_configuration(), default_remote_settings()
    cache = clone.cache.absolute()
    configuration = f"[core]\n    no_scm = True\n{settings or ''}"
    if place == OWN_CLUSTER:
        return SharedStorage(configuration, False, str(cache), str(paths.checkpoint("").absolute()))
    is_outside = not cache.resolve().is_relative_to(Path.cwd().resolve())
    blind = _without_file(cache, client, workers) if is_outside else []
    if is_outside and not blind:
        return SharedStorage(configuration, False, str(cache), str(cache / "restage/training"))
    if settings is None or clone.default_remote is None:
        found = f"{format_examples(blind)} cannot see the cache {cache}" if blind else "the cache is in this clone"
        raise UserError(f"--on {place}: there is no remote, and {found}; {HINT}")
    check_access(clone.default_remote)
    return SharedStorage(configuration, True, None, None)


def check_access(remote: str) -> None:
    """Raises UserError if it does not answer. A worker that has no access says so when it has a task."""
    code, reason = ask_remotes([remote])[remote]
    if code not in (0, ABSENT):
        raise UserError(f"the remote {remote}: no access ({reason}); `restage doctor` checks it")


def _without_file(cache: Path, client: "Client", workers: Sequence[str]) -> list[str]:
    """The workers that do not see a file that is made in the folder."""
    cache.mkdir(parents=True, exist_ok=True)
    probe = cache / f"restage-{uuid.uuid4().hex}"
    probe.touch()
    try:
        found = client.run(probe.exists, workers=list(workers)) if workers else {}
    finally:
        probe.unlink()
    return [address for address, seen in found.items() if not seen]
