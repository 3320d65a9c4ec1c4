"""The DVC repository: its stages and their order, which of them are stale, running and recording them.

Only modules in this folder import DVC's Python classes. Stages do not import those: they start without DVC. What is
relied on here is tested against the installed DVC in tests/core/dvc.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from dvc import logger
from dvc.dvcfile import load_file
from dvc.progress import Tqdm
from dvc.repo import Repo, lock_repo
from dvc.repo.reproduce import plan_repro
from dvc.stage.serialize import to_lockfile
from dvc.utils.serialize import dumps_yaml

from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK, check_merged, lock_entries, sort_lock_file, update_lock_file
from stages.core.dvc.lock_file.lock_repair import keep_complete, repair_lock_file
from stages.core.dvc.pipeline_file import PIPELINE, has_files_of_values
from stages.core.dvc.repeated_reads import CodeHashes, remember_code_hashes, remember_git_index
from stages.core.dvc.running_dvc import processes_in_stages
from stages.core.dvc.rwlock_repair import repair_rwlock
from stages.core.dvc.temporary_files import remove_incomplete_files, remove_temporary_files
from stages.core.dvc.working_tree.declared_graph import declared_graph
from stages.core.dvc.working_tree.fingerprint import Fingerprint, dvc_files, fingerprint, recorded_paths
from stages.core.dvc.working_tree.load_stages import SomeStages
from stages.core.dvc.working_tree.unchanged_stages import common_state, declaring_values, read_unchanged_stages
from stages.core.errors import format_examples
from stages.core.run_stage.output_lock import remove_outputs_of_killed_stages


class Repository:
    """The DVC repository of the current folder. Stages are addressed by their names, such as `train@iris`.

    With `params`, those of params.yaml, a stage is not compared if it was unchanged in the state that it has now, see
    `UnchangedStages`; DVC reads and makes only the stages that it has to compare or to run.
    """

    def __init__(self, params: Mapping[str, Any] | None = None) -> None:
        self._repo = Repo(_wait_for_lock=True)
        remember_git_index(self._repo)
        self._declaring = declaring_values(params) if params is not None else None
        self._unchanged = read_unchanged_stages() if self._declaring else None
        # By the name of each stage in the order of a serial run: those that it depends on.
        self._graph: dict[str, list[str]] = {}
        self._stages: dict[str, Any] = {}
        self._tracked: list[Any] = []
        self._declared = ""
        self._when_read: Fingerprint | None = None
        # The entries of dvc.lock with which the stages were made.
        self._entries: dict[str, str] = {}
        self._some_stages = SomeStages(self._repo, self._declaring) if self._declaring else None
        self._code_hashes: CodeHashes = {}

    @property
    def cache(self) -> str:
        """The folder of the cache, with the objects by their hash."""
        return str(self._repo.cache.local.path)

    @property
    def configuration_files(self) -> list[Path]:
        """Of DVC's settings, also those that do not exist."""
        return [Path(file) for file in self._repo.config.files.values()]

    @property
    def is_in_fingerprint(self) -> bool:
        """Whether `fingerprint` sees all that the stages read and write, those that were made from dvc.lock.

        Not if there is another pipeline or folder of a stage, a dependency elsewhere, or a file of values for dvc.yaml.
        """
        return not has_files_of_values() and all(map(self._is_seen, self._stages))

    def _is_seen(self, name: str) -> bool:
        """Whether the stage's entry in dvc.lock names all that it reads and writes, as local files."""
        stage, paths = self._stages[name], recorded_paths(self._entries.get(name, ""))
        return self._is_of_root(stage) and all(
            entry.protocol == "local" and entry.def_path in paths for entry in (*stage.deps, *stage.outs)
        )

    def _is_of_root(self, stage: Any) -> bool:
        root = self._repo.root_dir
        return Path(stage.path) == Path(root, PIPELINE) and bool(stage.wdir == root)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the repository's lock, as a DVC command does; may be nested."""
        with lock_repo(self._repo):
            yield

    def repair(self) -> list[str]:
        """Repair the files that a killed DVC left corrupt; returns what was done."""
        done = []
        if repair_rwlock(self._repo):
            done.append("removed .dvc/tmp/rwlock, which a killed DVC had left corrupt")
        with self.locked():
            source = repair_lock_file()
            left = remove_temporary_files() + remove_outputs_of_killed_stages()
            if not any(processes_in_stages()):
                left += remove_incomplete_files()
        if source is not None:
            done.append(f"restored {LOCK}, which a killed DVC had left incomplete, from {source}")
        if left:
            done.append(f"removed {format_examples(list(map(str, left)))}, which a killed process had left")
        return done

    def fingerprint(self) -> Fingerprint:
        return fingerprint(Path(self.cache), self.configuration_files)

    def read_stages(self) -> list[str]:
        """Read dvc.yaml, params.yaml and dvc.lock; returns the stages in the order of a serial `dvc repro`.

        Raises UserError if dvc.lock holds the conflicts of a merge.
        """
        if LOCK.is_file():
            check_merged(LOCK)  # DVC says no more than that it cannot read the file
        with self.locked():
            if lock_entries() is None:  # DVC reads all of it, or refuses it
                self._unchanged = self._some_stages = None
            known = self._known_graph()
            if known is None:
                self._read_all_stages()
            else:
                self._graph = known
        return self.stage_names

    def _known_graph(self) -> dict[str, list[str]] | None:
        """None if DVC has to read all stages: only the keys of params.yaml may differ from when it did."""
        if self._unchanged is None or self._declaring is None:
            return None
        self._when_read = self.fingerprint()
        self._declared = common_state(self._when_read, self._declaring)
        if self._unchanged.declaring != self._declared:
            return None
        if self._unchanged.keys == self._declaring.keys:
            return self._unchanged.graph
        files = [str(file.absolute()) for file in dvc_files()]
        tracked = [
            load_file(self._repo, file).stage for file in files if not self._repo.dvcignore.is_ignored_file(file)
        ]
        declared = declared_graph(self._repo, self._declaring, tracked)
        return declared.graph if declared else None

    def _read_all_stages(self) -> None:
        graph, self._entries = self._repo.index.graph, lock_entries() or {}
        # A file that `dvc add` tracks is no stage; what reads it checks its hash.
        stages = [stage for stage in plan_repro(graph) if not stage.is_data_source]
        self._tracked = [stage for stage in graph if stage.is_data_source]
        self._stages = {stage.addressing: stage for stage in stages}
        self._graph = {
            stage.addressing: [other.addressing for other in graph.successors(stage) if not other.is_data_source]
            for stage in stages
        }
        remember_code_hashes(stages, self._code_hashes)

    def _load(self, names: Iterable[str]) -> None:
        """Make the stages that are not yet made from their present entries in dvc.lock."""
        if self._some_stages is None:
            return
        entries = lock_entries() or {}
        missing = [name for name in names if name not in self._stages or self._entries.get(name) != entries.get(name)]
        if missing:
            loaded = self._some_stages.load(missing, entries)
            remember_code_hashes(loaded.values(), self._code_hashes)
            self._stages |= loaded
            self._entries |= {name: entries[name] for name in missing if name in entries}

    @property
    def stage_names(self) -> list[str]:
        """Those that `read_stages` found."""
        return list(self._graph)

    def read_git_index(self) -> None:
        """For processes that are forked from this one: each reads it again only if it has changed."""
        self._repo.scm.is_tracked(self._repo.root_dir)

    def with_ancestors(self, names: Iterable[str]) -> set[str]:
        """These stages and all that they depend on."""
        found, waiting = set[str](), list(names)
        while waiting:
            if (name := waiting.pop()) not in found:
                found.add(name)
                waiting += self._graph[name]
        return found

    def changed_when_read(self, names: Iterable[str]) -> set[str]:
        """As `changed`, if nothing ran since the stages were read."""
        return self.changed(names, self._when_read)

    def changed(self, names: Iterable[str], now: Fingerprint | None = None) -> set[str]:
        """The stages whose command, dependencies or outputs differ from dvc.lock; `now` is a known fingerprint."""
        if self._unchanged is None or self._declaring is None:
            with self.locked():
                return self._changed_for_dvc(names)
        with self.locked():
            now = now or self.fingerprint()
            unknown = [name for name in names if not self._unchanged.is_unchanged(name, now, self._declaring)]
            self._load(unknown)
            changed = self._changed_for_dvc(unknown)
            for name in unknown:
                if name not in changed and self._is_seen(name):
                    self._unchanged.add(name, now, self._declaring)
            return changed

    def _changed_for_dvc(self, names: Iterable[str]) -> set[str]:
        comparison = _Comparison()
        return {name for name in names if comparison.is_changed(self._stages[name])}

    @property
    def knows_unchanged_stages(self) -> bool:
        """Whether unchanged stages can be told without DVC: dvc.yaml may take values that are not looked at."""
        return self._unchanged is not None

    def keep_unchanged_stages(self) -> None:
        """For the next Repository with `params`."""
        if self._unchanged is None or self._declaring is None or not self._graph:
            return
        if all(map(self._is_of_root, self._stages.values())):
            self._unchanged.declaring, self._unchanged.keys = self._declared, self._declaring.keys
            self._unchanged.graph = self._graph
            self._unchanged.write()

    def all_unchanged(self, now: Fingerprint) -> bool:
        """Whether no stage is stale, and `fingerprint` sees all that they read and write; `now` is the present one."""
        if self.changed(self.stage_names, now) or not self.is_in_fingerprint:
            return False
        keep_complete()
        return True

    def reproduce(self, name: str) -> bool:
        """Run a stage, or restore its outputs from the run cache, unless it is up to date; returns whether it was not.

        The caller holds the lock and records the stage afterwards.
        """
        self._load([name])
        with self._repo.scm_context(quiet=True):
            return self._stages[name].reproduce() is not None

    def record(self, names: Sequence[str]) -> None:
        """Write these stages to dvc.lock, as `dvc repro` does after each; the caller holds the lock."""
        update_lock_file({name: self._lock_entry(name) for name in names})

    def _lock_entry(self, name: str) -> str:
        text = dumps_yaml({"stages": to_lockfile(self._stages[name])})
        [entry] = LockText.parse(text).entries.values()
        return entry

    def track(self, files: Sequence[Path]) -> None:
        """Do what `dvc add` does: the content goes to DVC's cache, and git ignores the files."""
        self._repo.scm_context.quiet = True
        self._repo.add([str(file) for file in files])

    def sort_lock_file(self) -> None:
        """In the order in which a serial `dvc repro` appends the entries, whatever was recorded first."""
        with self.locked():
            sort_lock_file(self.stage_names)


class _Comparison:
    """Does what `Stage.changed()` of DVC does, in a third of the time.

    A file or folder that many stages name, such as stages/core, is compared once. DVC's list of paths in use (rwlock)
    is not written, six times a stage: nothing is changed here, and a stage that another DVC is running is stale.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[type, str, str], bool] = {}

    def is_changed(self, stage: Any) -> bool:
        if stage.changed_stage():
            return True
        if not stage.frozen:
            if stage.is_callback or stage.always_changed:
                return True
            if any(self._differs(dependency) for dependency in stage.deps):
                return True
        return any(self._differs(output) for output in stage.outs)

    def _differs(self, entry: Any) -> bool:
        if not isinstance(entry.hash_info.value, str):
            return bool(entry.status())  # parameters, and what was never recorded
        key = (type(entry), entry.fs_path, entry.hash_info.value)
        if key not in self._known:
            self._known[key] = bool(entry.status())
        return self._known[key]


def prepare_forked_process() -> None:
    """Call it in a process that was forked from one with a Repository, before anything else of DVC.

    DVC's messages go to the process's own streams, as those of the command `dvc` do. Two locks can be held for ever
    here, since the threads that held them are not in this process: that of the streams which DVC found when it was
    imported, and that of its progress bars.
    """
    Tqdm.set_lock(RLock())
    for name in ("dvc", "dvc_objects", "dvc_data"):
        logging.getLogger(name).handlers.clear()
    logger.setup()
