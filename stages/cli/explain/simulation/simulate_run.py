"""Follows a run in memory, stage by stage: what differs from dvc.lock, and what the run cache has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from stages.cli.explain.explanation import (
    AlwaysRunsReason,
    CommandReason,
    DeclarationReason,
    InputReason,
    MissingReason,
    NeverRanReason,
    OutputReason,
    ParametersReason,
    Reason,
    RemovedResultsReason,
    Result,
)
from stages.cli.explain.simulation.changed_parameters import changed_values
from stages.cli.explain.simulation.expected_contents import ExpectedContents, NotKnown
from stages.cli.explain.simulation.known_outputs import constant_outputs, known_outputs
from stages.core.dvc.storage.run_cache import find_run, is_restorable, run_inputs
from stages.core.dvc.working_tree.content import Content
from stages.core.dvc.working_tree.declared_graph import DeclaredStage
from stages.core.dvc.working_tree.working_tree import WorkingTree


@dataclass(frozen=True)
class ChangedFile:
    """A dependency that a person changes, or the guard's copy of it. `recorded` is its hash in dvc.lock."""

    path: str
    recorded: str
    now: Content

    @property
    def files_now(self) -> Mapping[str, str]:
        """The hashes of the files in a folder, or that of a file by the name ''."""
        return {"": self.now.md5} if self.now.files is None else self.now.files

    def __hash__(self) -> int:
        return hash((self.path, self.recorded, self.now.md5))


@dataclass
class SimulatedStage:
    name: str
    result: Result = "up to date"
    differences: list[Reason | ChangedFile] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)

    @property
    def only_outputs_differ(self) -> bool:
        return all(isinstance(difference, OutputReason) for difference in self.differences)


class _Inputs:
    """Those of a stage, as far as they are known."""

    def __init__(self) -> None:
        self.deps: dict[str, Content | None] = {}
        self.params: dict[str, dict[str, Any]] = {}
        self.differences: list[Reason | ChangedFile] = []
        self.waits_for: set[str] = set()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Take down the stages whose output is not known yet."""
        try:
            yield
        except NotKnown as error:
            self.waits_for.update(error.stages)


class Simulation:
    """`records` are the entries of dvc.lock; `params` are those that a run will write to params.yaml."""

    def __init__(
        self,
        tree: WorkingTree,
        contents: ExpectedContents,
        records: Mapping[str, Any],
        params: Mapping[str, Any],
    ) -> None:
        self._tree = tree
        self._contents = contents
        self._records = records
        self._params = params
        self._makers: dict[str, str] = {}
        self._makers_inside: dict[str, str] = {}
        self._unchanged = set[str]()

    def run(self, stages: Sequence[DeclaredStage]) -> list[SimulatedStage]:
        self._makers = {out: stage.name for stage in stages for out in stage.outs}
        for out, stage in self._makers.items():
            for folder in PurePosixPath(out).parents:
                self._makers_inside.setdefault(str(folder), stage)
        self._unchanged = self._tree.unchanged_stages(self._params)
        self._tree.load(stage.name for stage in stages if stage.name not in self._unchanged)
        return [self._simulate(stage) for stage in stages]

    def _simulate(self, stage: DeclaredStage) -> SimulatedStage:
        if stage.name in self._unchanged and not any(map(self._contents.is_changed, (*stage.deps, *stage.params))):
            return SimulatedStage(stage.name)
        record = self._records.get(stage.name)
        simulated, inputs = SimulatedStage(stage.name), _Inputs()
        self._read_inputs(stage, record or {}, inputs)
        if record is None:
            simulated.differences = [NeverRanReason()]
        else:
            simulated.differences = [*_changed_command(stage, record), *inputs.differences]
            simulated.differences += self._changed_outputs(stage, record)
        if stage.always_runs:
            simulated.differences.append(AlwaysRunsReason())
        simulated.waits_for = sorted(inputs.waits_for)
        self._decide(stage, record, simulated, inputs)
        return simulated

    def _read_inputs(self, stage: DeclaredStage, record: Mapping[str, Any], inputs: _Inputs) -> None:
        recorded = {dep["path"]: dep.get("md5", "") for dep in record.get("deps", [])}
        for path in stage.deps:
            with inputs.waiting():
                inputs.deps[path] = now = self._contents.content(path)
                if not stage.frozen:
                    inputs.differences += self._changed_dependency(path, recorded.get(path), now)
        for file, names in stage.params.items():
            with inputs.waiting():
                inputs.params[file] = values = self._contents.parameters(stage.name, file, names)
                changes = changed_values(file, _chosen(record.get("params", {}).get(file, {}), names), values)
                if changes and not stage.frozen:
                    inputs.differences.append(ParametersReason(values=changes))

    def _changed_dependency(
        self, path: str, recorded: str | None, now: Content | None
    ) -> Iterator[Reason | ChangedFile]:
        maker = self._maker(path)
        if recorded is None:
            yield DeclarationReason(added="dependency", path=path)
        elif now is None:
            yield InputReason(path=path, stage=maker) if maker else MissingReason(path=path)
        elif now.md5 != recorded and (removed := self._contents.only_removed(path, recorded)):
            yield RemovedResultsReason(files=removed)
        elif now.md5 != recorded:
            is_copy = maker == "guard"
            yield InputReason(path=path, stage=maker) if maker and not is_copy else ChangedFile(path, recorded, now)

    def _maker(self, path: str) -> str | None:
        """The stage with an output that is this path, or that lies around it or in it."""
        around = (str(each) for each in (PurePosixPath(path), *PurePosixPath(path).parents))
        found = next((self._makers[each] for each in around if each in self._makers), None)
        return found or self._makers_inside.get(path)

    def _changed_outputs(self, stage: DeclaredStage, record: Mapping[str, Any]) -> Iterator[Reason]:
        recorded = {out["path"] for out in record.get("outs", [])}
        states = self._tree.output_states(stage.name)
        for path in stage.outs:
            if path not in recorded:
                yield DeclarationReason(added="output", path=path)
            elif path in states:
                yield OutputReason(path=path, state=states[path])

    def _decide(
        self, stage: DeclaredStage, record: Mapping[str, Any] | None, simulated: SimulatedStage, inputs: _Inputs
    ) -> None:
        """Set the result, and what is known of the outputs."""
        if not simulated.differences and not simulated.waits_for:
            return
        run = None if simulated.waits_for else self._known_run(stage, record, simulated, inputs)
        if run is not None:
            simulated.result = "restored"
            self._contents.set_recorded(run["outs"])
            return
        simulated.result = "runs" if simulated.differences else "may run"
        self._contents.set_outputs(known_outputs(stage.name, self._params), stage.outs)
        constant = constant_outputs(stage.name)
        self._contents.set_recorded(out for out in (record or {}).get("outs", []) if out["path"] in constant)
        self._contents.set_not_known(stage.name, stage.outs)

    def _known_run(
        self, stage: DeclaredStage, record: Mapping[str, Any] | None, simulated: SimulatedStage, inputs: _Inputs
    ) -> Mapping[str, Any] | None:
        """What DVC restores instead of running the stage: the record, if only outputs differ, else a known run."""
        deps = {path: content for path, content in inputs.deps.items() if content is not None}
        if stage.always_runs or not stage.cacheable or len(deps) < len(stage.deps):
            return None
        found = (
            record
            if record is not None and simulated.only_outputs_differ
            else find_run(run_inputs(stage.command, deps, inputs.params, stage.outs))
        )
        return found if found is not None and is_restorable(found) else None


def _changed_command(stage: DeclaredStage, record: Mapping[str, Any]) -> list[Reason]:
    old = record.get("cmd")
    return [] if old == stage.command else [CommandReason(old=_command_text(old), new=_command_text(stage.command))]


def _command_text(command: object) -> str:
    return "; ".join(map(str, command)) if isinstance(command, list) else str(command)


def _chosen(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Those that the stage declares; of a file without names, all."""
    chosen = set(names)
    return {name: value for name, value in values.items() if name in chosen or not chosen}


def needed_stages(stages: Sequence[DeclaredStage], keys: Sequence[str]) -> list[DeclaredStage]:
    """The stages of these datasets, all if none is named, and those that make what they read."""
    wanted: list[DeclaredStage] = []
    paths: set[str] = set()
    for stage in reversed(stages):
        _, at, key = stage.name.partition("@")
        if not keys or (at and key in keys) or any(_overlap(out, path) for out in stage.outs for path in paths):
            wanted.append(stage)
            paths.update((*stage.deps, *stage.params))
    return wanted[::-1]


def _overlap(first: str, second: str) -> bool:
    """
    >>> _overlap("data/guard/params", "data/guard/params/iris.json"), _overlap("data/raw", "data/raw2")
    (True, False)
    """
    return f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/")
