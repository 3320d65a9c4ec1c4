"""All stages of dvc.yaml in the order of a serial run, of which DVC makes one for each section.

The stages of a `foreach` differ in the key alone. DVC needs milliseconds to make each, which are seconds for hundreds
of datasets. The graph and the order are made by DVC's own functions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dvc.dependency import ParamsDependency
from dvc.exceptions import DvcException
from dvc.fs import localfs
from dvc.repo import Repo
from dvc.repo.graph import build_graph
from dvc.repo.reproduce import plan_repro

from stages.core.dvc.pipeline_file import read_pipeline
from stages.core.dvc.working_tree.load_stages import SomeStages
from stages.core.dvc.working_tree.unchanged_stages import DeclaringValues, mapping_of

# The key for which DVC makes a stage of each section. No other word of dvc.yaml has it.
_KEY = "key0of0a0declared0stage"


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


def declared_stage(stage: Any) -> DeclaredStage:
    """Of a stage of DVC."""
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


def _for_key(stage: DeclaredStage, key: str) -> DeclaredStage:
    """`stage` is that of `_KEY`."""

    def filled(text: str) -> str:
        return text.replace(_KEY, key)

    command = stage.command
    return replace(
        stage,
        name=filled(stage.name),
        command=filled(command) if isinstance(command, str) else [*map(filled, command)],
        deps=tuple(sorted(map(filled, stage.deps))),
        params={filled(file): names for file, names in stage.params.items()},
        outs=tuple(sorted(map(filled, stage.outs))),
    )


@dataclass(eq=False)
class _Path:
    """A dependency or an output, as the functions of DVC's graph take it."""

    fs_path: str
    stage: "_Node"
    fs: Any = localfs

    def __str__(self) -> str:
        return self.fs_path


@dataclass(eq=False)
class _Node:
    """A stage, as the functions of DVC's graph take it."""

    addressing: str
    key: str
    template: Any  # DVC's stage of `_KEY`
    deps: list[_Path] = field(default_factory=list)
    outs: list[_Path] = field(default_factory=list)
    is_repo_import: bool = False
    is_db_import: bool = False

    def __post_init__(self) -> None:
        self.path = self.template.path
        self.deps = [_Path(dep.fs_path.replace(_KEY, self.key), self) for dep in self.template.deps]
        self.outs = [_Path(out.fs_path.replace(_KEY, self.key), self) for out in self.template.outs]


class DeclaredGraph:
    """`graph` has for each stage those that it depends on, in the order of a serial run.

    `tracked` are the stages of DVC for .dvc files.
    """

    def __init__(self, nodes: Sequence[_Node], tracked: Sequence[Any]) -> None:
        graph = build_graph([*nodes, *tracked])
        self._order = [node for node in plan_repro(graph) if isinstance(node, _Node)]
        self.graph = {
            node.addressing: [other.addressing for other in graph.successors(node) if isinstance(other, _Node)]
            for node in self._order
        }

    def stages(self) -> Iterator[DeclaredStage]:
        """In the order of a serial run."""
        templates = {id(node.template): declared_stage(node.template) for node in self._order}
        return (_for_key(templates[id(node.template)], node.key) for node in self._order)


def declared_graph(repo: Repo, values: DeclaringValues, tracked: Sequence[Any] = ()) -> DeclaredGraph | None:
    """`values` are what dvc.yaml takes from params.yaml.

    None if DVC refuses it, such as two stages with one output: its message needs stages of its own.
    """
    sections = {name: mapping_of(section) for name, section in read_pipeline().items()}
    templates = _templates(repo, values, sections)
    nodes = [
        _Node(f"{name}@{key}" if mapping else name, key, templates[name])
        for name, mapping in sections.items()
        for key in (values.keys[mapping] if mapping else [""])
    ]
    try:
        return DeclaredGraph(nodes, tracked)
    except (DvcException, AssertionError):
        return None


def _templates(repo: Repo, values: DeclaringValues, sections: Mapping[str, str | None]) -> dict[str, Any]:
    """DVC's stage of each section, for `_KEY` where it has a `foreach`."""
    of_key = DeclaringValues({name: [_KEY] for name in values.keys}, values.values)
    names = {f"{name}@{_KEY}" if mapping else name: name for name, mapping in sections.items()}
    return {names[name]: stage for name, stage in SomeStages(repo, of_key).load(names, {}).items()}
