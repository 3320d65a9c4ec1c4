"""The stages of dvc.yaml as DVC resolves them, also for parameters that are not in params.yaml yet; their files."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from dvc.dependency import ParamsDependency
from dvc.dvcfile import load_file
from dvc.repo import Repo, lock_repo
from dvc.repo.index import Index
from dvc.repo.reproduce import plan_repro
from dvc_data.hashfile.build import build
from dvc_data.hashfile.tree import Tree

from stages.core.dvc.lock_file.lock_file import lock_entries
from stages.core.dvc.pipeline_file import PIPELINE
from stages.core.dvc.working_tree.content import Content
from stages.core.dvc.working_tree.declared_graph import DeclaredStage, declared_graph, declared_stage
from stages.core.dvc.working_tree.fingerprint import fingerprint
from stages.core.dvc.working_tree.load_stages import SomeStages, resolver
from stages.core.dvc.working_tree.unchanged_stages import declaring_values, read_unchanged_stages

# Stages of one dataset.
FIRST_BATCH = 8
OutputState = Literal["deleted", "changed", "not in the cache"]


class WorkingTree:
    """The working tree of the current folder. Inside `locked`, nothing in it is run by DVC."""

    def __init__(self) -> None:
        self._repo = Repo(_wait_for_lock=True)
        self._stages: dict[str, Any] = {}
        self._some_stages: SomeStages | None = None
        self._names: list[str] = []
        self._batch = FIRST_BATCH
        self._contents: dict[str, Content | None] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        with lock_repo(self._repo):
            yield

    def read_stages(self, params: Mapping[str, Any] | None = None) -> list[DeclaredStage]:
        """In the order of a serial `dvc repro`; `params` take the place of params.yaml."""
        values = declaring_values(params) if params is not None else None
        if values is not None and lock_entries() is not None and (declared := declared_graph(self._repo, values)):
            self._some_stages = SomeStages(self._repo, values)
            stages = list(declared.stages())
            self._names = [stage.name for stage in stages]
            return stages
        pipeline = load_file(self._repo, str(PIPELINE.resolve()))
        if params is not None:
            pipeline.resolver = resolver(self._repo, pipeline.contents, params)
        index = Index(self._repo, list(pipeline.stages.values()))
        self._stages = {stage.addressing: stage for stage in plan_repro(index.graph)}
        return [declared_stage(stage) for stage in self._stages.values()]

    def unchanged_stages(self, params: Mapping[str, Any]) -> set[str]:
        """Those that are known to be up to date with the files that are there now."""
        values = declaring_values(params)
        if values is None:
            return set()
        known, files = read_unchanged_stages(), map(Path, self._repo.config.files.values())
        now = fingerprint(Path(self._repo.cache.local.path), [*files])
        return {stage for stage in known.states if known.is_unchanged(stage, now, values)}

    def load(self, names: Iterable[str]) -> None:
        """Have DVC make these stages at once: it takes longer for one after another."""
        missing = [name for name in names if name not in self._stages]
        if missing and self._some_stages is not None:
            self._stages |= self._some_stages.load(missing, lock_entries() or {})

    def _stage(self, name: str) -> Any:
        """If many are asked for, those that follow are made with it, more each time."""
        if name not in self._stages:
            following = self._names[self._names.index(name) :]
            self.load([each for each in following if each not in self._stages][: self._batch])
            self._batch *= 2
        return self._stages[name]

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
        for dependency in self._stage(stage).deps:
            if isinstance(dependency, ParamsDependency) and dependency.def_path == file:
                return dict(dependency.read_params())
        return {}

    def output_states(self, stage: str) -> dict[str, OutputState]:
        """The outputs that are not what dvc.lock records. What it does not record is left out."""
        found: dict[str, OutputState] = {}
        for out in self._stage(stage).outs:
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
