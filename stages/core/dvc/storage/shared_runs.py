"""Results that pass between repositories through the run cache of a remote, or a cache that they share.

DVC moves the whole run cache at once; this moves the runs of one stage, before it would run and after it ran.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from dvc.exceptions import CheckoutError
from dvc.repo import Repo
from dvc.stage.cache import RunCacheNotFoundError, StageCache, _get_cache_hash, _get_stage_hash
from dvc.stage.loader import StageLoader
from dvc.stage.serialize import to_single_stage_lockfile
from dvc.utils.serialize import parse_yaml

from stages.core.dvc.dvc_errors import remote_errors
from stages.core.dvc.lock_file.lock_entries import HEADER, LockText
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.repository import Repository
from stages.core.errors import UserError, format_examples


class RemoteRuns(StageCache):  # type: ignore[misc]
    """DVC's run cache, which looks into that of the default remote before it says that a run is unknown.

    Raises UserError if there is no access to the remote.
    """

    def __init__(self, repo: Repo) -> None:
        super().__init__(repo)
        self._remote: Any = None

    def restore(self, stage: Any, run_cache: bool = True, pull: bool = False, dry: bool = False) -> None:  # noqa: ARG002
        with self.errors():
            super().restore(stage, run_cache=run_cache, pull=True, dry=dry)

    def errors(self) -> AbstractContextManager[None]:
        name = self.repo.config["core"]["remote"]
        return remote_errors(f"the remote {name} ({self.repo.config['remote'][name]['url']})")

    def _load(self, stage: Any) -> Any:
        self._fetch(_get_stage_hash(stage))
        return super()._load(stage)

    def _fetch(self, key: str) -> None:
        remote = self._remote_runs()
        folder = remote.fs.join(remote.path, "runs", key[:2], key)
        if not remote.fs.exists(folder):
            return
        local = self.repo.cache.legacy
        for file in remote.fs.find(folder):
            target = Path(self._get_cache_path(key, remote.fs.name(file)))
            if not target.exists():
                local.makedirs(str(target.parent))
                temporary = target.with_name(f"{target.name}.tmp")
                remote.fs.get_file(file, str(temporary))
                temporary.replace(target)

    def check_access(self) -> None:
        """DVC takes what it cannot list for missing; this says why it cannot. Raises UserError."""
        with self.errors():
            remote = self._remote_runs()
            remote.fs.fs.ls(remote.path, detail=False)

    def push_run(self, stage: Any) -> None:
        """Outputs first: who finds the run finds them too."""
        run = to_single_stage_lockfile(stage)
        value, key = _get_cache_hash(run), _get_cache_hash(dict(run), key=True)
        file = Path(self._get_cache_path(key, value))
        with self.errors():
            push_objects(self.repo, objects_of(stage.outs))
            remote = self._remote_runs()
            target = remote.fs.join(remote.path, "runs", key[:2], key, value)
            if file.is_file() and not remote.fs.exists(target):
                remote.fs.makedirs(remote.fs.parent(target), exist_ok=True)
                remote.fs.put_file(str(file), target)

    def _remote_runs(self) -> Any:
        if self._remote is None:
            self._remote = self.repo.cloud.get_remote_odb(None, "push --run-cache", hash_name="md5-dos2unix")
        return self._remote


class SharedRuns:
    """With `remote`, results pass through the default remote; without it, all repositories have one cache.

    The stages are those that the repository has read when a method is called.
    """

    def __init__(self, repository: Repository, remote: bool) -> None:
        self._repository = repository
        self._repo = repository._repo
        self._runs = RemoteRuns(self._repo) if remote else None
        if self._runs is not None:
            self._repo.stage_cache = self._runs

    @property
    def _stages(self) -> dict[str, Any]:
        return self._repository._stages

    def push_result(self, name: str) -> None:
        """Of a stage that ran, or was restored."""
        if self._runs is not None:
            self._runs.push_run(self._stages[name])

    def restore(self, name: str) -> None:
        """Take the outputs of a stage from the run cache. Raises UserError if it has no run with these inputs."""
        stage = self._stages[name]
        with self._repo.scm_context(quiet=True):
            if not stage.changed():
                return
            stage.remove_outs(ignore_remove=False, force=False)
            try:
                self._repo.stage_cache.restore(stage)
            except RunCacheNotFoundError:
                raise UserError(
                    f"{name}: its inputs changed here while it ran on a worker, or its result is no longer in remote "
                    "or cache; run it again"
                ) from None
            stage.save(run_cache=False)
            stage.commit()

    def push_inputs(self, names: Sequence[str], data: Sequence[str]) -> None:
        """Push what these stages read and other stages, or people, made. The record may be newer than this object."""
        if self._runs is not None:
            self.read_records([name for name in self._stages if name not in names])
            inputs = objects_of(self._inputs(names, data))
            with self._runs.errors():
                push_objects(self._repo, inputs)

    def fetch_inputs(self, names: Sequence[str], data: Sequence[str]) -> None:
        """Check out what these stages read and do not make themselves."""
        inputs = list(self._inputs(names, data))
        try:
            if self._runs is not None and inputs:
                with self._runs.errors():
                    self._repo.cloud.pull(objects_of(inputs))
            for out in inputs:
                out.checkout(force=True)
        except CheckoutError:
            if self._runs is not None:
                self._runs.check_access()
            raise

    def _inputs(self, names: Sequence[str], data: Sequence[str]) -> Iterator[Any]:
        own = {self._stages[name] for name in names}
        read = [dep.fs_path for name in names for dep in self._stages[name].deps]
        read += [str(Path(path).absolute()) for path in data]
        others = (stage for stage in (*self._stages.values(), *self._repository._tracked) if stage not in own)
        for out in (out for stage in others for out in stage.outs):
            if out.use_cache and any(_overlap(out.fs_path, path) for path in read):
                if not out.hash_info:
                    raise UserError(f"{out}: nothing is recorded of it; `restage run` without --on makes it")
                yield out

    def read_records(self, names: Iterable[str] | None = None) -> None:
        """Take the records of these stages, or of all, from dvc.lock, which has changed since they were read."""
        text = LOCK.read_text(encoding="utf-8") if LOCK.is_file() else ""
        entries = LockText.parse(text).entries
        wanted = "".join(entries[name] for name in names or entries if name in entries)
        stages = parse_yaml(HEADER + wanted, str(LOCK))["stages"] or {}
        for name, record in stages.items():
            StageLoader.fill_from_lock(self._stages[name], record)


def objects_of(outs: Iterable[Any]) -> set[Any]:
    """The hashes of files and folders, and of the files in these. What lists a folder is fetched if it is missing.

    DVC does not count those of a metrics file that git has; the run cache has its content too.
    """
    found = set[Any]()
    for out in outs:
        if out.use_cache:
            found.update(*out.get_used_objs(force=True).values())
        else:
            found.add(out.hash_info)
    return found


def push_objects(repo: Repo, objects: Iterable[Any]) -> None:
    failed = repo.cloud.push(objects).failed
    if failed:
        names = format_examples(each.value for each in failed)
        raise UserError(f"the remote did not get {names}; `dvc push` says more")


def _overlap(left: str, right: str) -> bool:
    """Whether the paths are equal or one lies in the other.

    >>> _overlap("/a/b", "/a"), _overlap("/a/b", "/a/bc")
    (True, False)
    """
    return left == right or left.startswith(f"{right}/") or right.startswith(f"{left}/")
