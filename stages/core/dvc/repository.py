"""The DVC repository: its stages and their order, which of them are stale, running and recording them.

Only modules in this folder import DVC's Python classes. Stages do not import those: they start without DVC. What is
relied on here is tested against the installed DVC in tests/core/dvc.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from dvc import logger
from dvc.progress import Tqdm
from dvc.repo import Repo, lock_repo
from dvc.repo.graph import get_subgraph_of_nodes
from dvc.repo.reproduce import plan_repro
from dvc.stage.serialize import to_lockfile
from dvc.utils.serialize import dumps_yaml

from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK, check_merged, sort_lock_file, update_lock_file
from stages.core.dvc.lock_file.lock_repair import repair_lock_file
from stages.core.dvc.pipeline_file import PIPELINE, has_files_of_values
from stages.core.dvc.repeated_reads import remember_code_hashes, remember_git_index
from stages.core.dvc.running_dvc import processes_in_stages
from stages.core.dvc.rwlock_repair import repair_rwlock
from stages.core.dvc.temporary_files import remove_incomplete_files, remove_temporary_files
from stages.core.dvc.working_tree.fingerprint import recorded_paths
from stages.core.errors import format_examples
from stages.core.run_stage.output_lock import remove_outputs_of_killed_stages


class Repository:
    """The DVC repository of the current folder. Stages are addressed by their names, such as `train@iris`."""

    def __init__(self) -> None:
        self._repo = Repo(_wait_for_lock=True)
        remember_git_index(self._repo)
        self._graph: Any = None
        self._stages: dict[str, Any] = {}

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
        """Whether `fingerprint` sees all that the stages read and write: dvc.lock of the root names it, as local files.

        Not if there is another pipeline or folder of a stage, a dependency elsewhere, or a file of values for dvc.yaml.
        """
        paths, root = recorded_paths(LOCK.read_text(encoding="utf-8")), self._repo.root_dir
        return not has_files_of_values() and all(
            Path(stage.path) == Path(root, PIPELINE)
            and stage.wdir == root
            and all(entry.protocol == "local" and entry.def_path in paths for entry in (*stage.deps, *stage.outs))
            for stage in self._stages.values()
        )

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

    def read_stages(self) -> list[str]:
        """Read dvc.yaml, params.yaml and dvc.lock; returns the stages in the order of a serial `dvc repro`.

        Raises UserError if dvc.lock holds the conflicts of a merge.
        """
        if LOCK.is_file():
            check_merged(LOCK)  # DVC says no more than that it cannot read the file
        with self.locked():
            self._graph = self._repo.index.graph
        # A file that `dvc add` tracks is no stage; what reads it checks its hash.
        stages = (stage for stage in plan_repro(self._graph) if not stage.is_data_source)
        self._stages = {stage.addressing: stage for stage in stages}
        remember_code_hashes(self._stages.values())
        return self.stage_names

    @property
    def stage_names(self) -> list[str]:
        """Those that `read_stages` found."""
        return list(self._stages)

    def read_git_index(self) -> None:
        """For processes that are forked from this one: each reads it again only if it has changed."""
        self._repo.scm.is_tracked(self._repo.root_dir)

    def with_ancestors(self, names: Iterable[str]) -> set[str]:
        """These stages and all that they depend on."""
        stages = [self._stages[name] for name in names]
        # DVC takes an empty list for all stages.
        found = get_subgraph_of_nodes(self._graph, stages) if stages else ()
        return {stage.addressing for stage in found if stage.addressing in self._stages}

    def changed(self, names: Iterable[str]) -> set[str]:
        """The stages whose command, dependencies or outputs differ from dvc.lock."""
        with self.locked():
            comparison = _Comparison()
            return {name for name in names if comparison.is_changed(self._stages[name])}

    def reproduce(self, name: str) -> bool:
        """Run a stage, or restore its outputs from the run cache, unless it is up to date; returns whether it was not.

        The caller holds the lock and records the stage afterwards.
        """
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
            sort_lock_file(list(self._stages))


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
