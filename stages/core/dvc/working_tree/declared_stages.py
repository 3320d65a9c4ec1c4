"""The stages of dvc.yaml as DVC resolves them, also for parameters that are not in params.yaml yet."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dvc.dependency import ParamsDependency
from dvc.dvcfile import load_file
from dvc.repo import Repo, lock_repo
from dvc.repo.index import Index
from dvc.repo.reproduce import plan_repro
from dvc_data.hashfile.build import build
from dvc_data.hashfile.tree import Tree

from stages.core.dvc.pipeline_file import PIPELINE
from stages.core.dvc.working_tree.content import Content
from stages.core.dvc.working_tree.load_stages import resolver

OutputState = Literal["deleted", "changed", "not in the cache"]


@dataclass(frozen=True)
class DeclaredStage:
    """`params` are the names of the parameters by their file. A stage that is not `cacheable` has no run cache."""

    name: str
    command: str | list[str]
    deps: tuple[str, ...]
    params: Mapping[str, tuple[str, ...]]
    outs: tuple[str, ...]
    frozen: bool
    always_runs: bool
    cacheable: bool


class WorkingTree:
    """The working tree of the current folder. Inside `locked`, nothing in it is run by DVC."""

    def __init__(self) -> None:
        self._repo = Repo(_wait_for_lock=True)
        self._stages: dict[str, Any] = {}
        self._contents: dict[str, Content | None] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        with lock_repo(self._repo):
            yield

    def read_stages(self, params: Mapping[str, Any] | None = None) -> list[DeclaredStage]:
        """In the order of a serial `dvc repro`; `params` take the place of params.yaml."""
        pipeline = load_file(self._repo, str(PIPELINE.resolve()))
        if params is not None:
            pipeline.resolver = resolver(self._repo, pipeline.contents, params)
        index = Index(self._repo, list(pipeline.stages.values()))
        self._stages = {stage.addressing: stage for stage in plan_repro(index.graph)}
        return [_declared(stage) for stage in self._stages.values()]

    def content(self, path: str) -> Content | None:
        """What DVC hashes there now; None if there is nothing. A file is read only if DVC does not know its hash."""
        if path not in self._contents:
            self._contents[path] = self._read_content(path)
        return self._contents[path]

    def _read_content(self, path: str) -> Content | None:
        absolute, fs, ignored = str(Path(path).absolute()), self._repo.fs, self._repo.dvcignore
        if not fs.exists(absolute):
            return None
        _, meta, built = build(self._repo.cache.local, absolute, fs, "md5", ignore=ignored, dry_run=True)
        files = {"/".join(key): value.value for key, _, value in built} if isinstance(built, Tree) else None
        return Content(str(built.hash_info.value), meta.isexec, files)

    def is_ignored(self, file: str) -> bool:
        """Whether DVC leaves it out of a folder, by a .dvcignore."""
        return bool(self._repo.dvcignore.is_ignored_file(str(Path(file).absolute())))

    def parameters(self, stage: str, file: str) -> dict[str, Any]:
        """The values of the stage's parameters in this file, by name, as far as they are there."""
        for dependency in self._stages[stage].deps:
            if isinstance(dependency, ParamsDependency) and dependency.def_path == file:
                return dict(dependency.read_params())
        return {}

    def output_states(self, stage: str) -> dict[str, OutputState]:
        """The outputs that are not what dvc.lock records. What it does not record is left out."""
        found: dict[str, OutputState] = {}
        for out in self._stages[stage].outs:
            if isinstance(out.hash_info.value, str) and (state := self._output_state(out)):
                found[out.def_path] = state
        return found

    def _output_state(self, out: Any) -> OutputState | None:
        if out.use_cache and out.changed_cache():
            return "not in the cache"
        content = self.content(out.def_path)
        if content is None:
            return "deleted"
        return None if content.md5 == out.hash_info.value else "changed"


def _declared(stage: Any) -> DeclaredStage:
    params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
    deps = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency)]
    return DeclaredStage(
        name=stage.addressing,
        command=stage.cmd,
        deps=tuple(sorted(dep.def_path for dep in deps)),
        params={dep.def_path: tuple(sorted(dep.params)) for dep in params},
        outs=tuple(sorted(out.def_path for out in stage.outs)),
        frozen=bool(stage.frozen),
        always_runs=bool(stage.is_callback or stage.always_changed),
        cacheable=_is_cacheable(stage.deps, stage.outs),
    )


def _is_cacheable(deps: Sequence[Any], outs: Sequence[Any]) -> bool:
    """Whether DVC keeps the runs of a stage, as far as its declaration tells."""
    local = all(entry.protocol == "local" for entry in (*deps, *outs))
    return bool(deps and outs) and local and all(out.is_in_repo and not out.persist for out in outs)
