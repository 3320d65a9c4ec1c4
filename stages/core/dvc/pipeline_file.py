"""What dvc.yaml declares for one stage: dependencies, parameters, outputs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from stages.core import paths
from stages.core.errors import UserError, suggest
from stages.core.parameters.read_yaml import read_yaml_mapping

PIPELINE = Path("dvc.yaml")
_SOLUTION = "run it at the root of the repository"
OUTPUT_KINDS = ("outs", "metrics", "plots")


class DeclaredParameter(NamedTuple):
    file: Path
    name: str


@dataclass(frozen=True)
class StageDeclaration:
    deps: tuple[Path, ...]
    params: tuple[DeclaredParameter, ...]
    outputs: tuple[Path, ...]


def read_pipeline_file(path: Path = PIPELINE) -> dict[str, Any]:
    """All of dvc.yaml, which has a section `stages`."""
    return read_yaml_mapping(path, "stages", solution_if_absent=_SOLUTION)


def read_pipeline(path: Path = PIPELINE) -> dict[str, Any]:
    stages: dict[str, Any] = read_pipeline_file(path)["stages"]
    return stages


def has_files_of_values(path: Path = PIPELINE) -> bool:
    """Whether the pipeline, or one of its stages, takes values from other files than params.yaml."""
    content = read_pipeline_file(path)
    sections = [content, *(section for section in content["stages"].values() if isinstance(section, Mapping))]
    sections += [section["do"] for section in sections if isinstance(section.get("do"), Mapping)]
    return any(isinstance(value, str) for section in sections for value in section.get("vars", ()))


def stages_of_dataset(key: str, pipeline: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    """The stages that run for a dataset, in the order of dvc.yaml, such as `train`; `params` are those of the suite.

    A stage runs for each key of the mapping in `params` that its `foreach` names.

    >>> pipeline = {"train": {"foreach": "${datasets}"}, "export": {"foreach": "${exports}"}, "summary": {}}
    >>> params = {"datasets": {"iris": {}, "wine": {}}, "exports": {"iris": {}}}
    >>> stages_of_dataset("iris", pipeline, params), stages_of_dataset("wine", pipeline, params)
    (['train', 'export'], ['train'])
    """
    return [name for name, section in pipeline.items() if key in _foreach_keys(section, params)]


def _foreach_keys(section: Any, params: Mapping[str, Any]) -> Mapping[str, Any]:
    template = section.get("foreach") if isinstance(section, Mapping) else None
    keys = params.get(template.strip("${}")) if isinstance(template, str) else None
    return keys if isinstance(keys, Mapping) else {}


def stage_declaration(stage: str, pipeline: Mapping[str, Any], suite: Callable[[], str]) -> StageDeclaration:
    """The declaration of `train@iris`, or of a stage without a dataset.

    `suite` returns the suite's name. It is called only if the stage uses `${suite}`.
    Raises UserError if the stage is missing, or if its section uses syntax that is not known here.
    """
    name, _, key = stage.partition("@")
    if name not in pipeline:
        raise UserError(f"{PIPELINE}: no stage {name!r}; {suggest(name, list(pipeline))}")
    section = pipeline[name].get("do", pipeline[name])

    def fill(text: object) -> str:
        if not isinstance(text, str):
            raise UserError(f"{PIPELINE}: {name}: a plain name is expected; received {text!r}")
        text = text.replace("${key}", key)
        text = text.replace("${suite}", suite()) if "${suite}" in text else text
        if "${" in text:
            raise UserError(f"{PIPELINE}: {name}: {text}: only ${{key}} and ${{suite}} can be used")
        return text

    return StageDeclaration(
        deps=tuple(Path(fill(dep)) for dep in section.get("deps", [])),
        params=tuple(DeclaredParameter(Path(fill(f)), fill(n)) for f, n in _parameters(section.get("params", []))),
        outputs=tuple(Path(fill(out)) for kind in OUTPUT_KINDS for out in _output_paths(section.get(kind, []))),
    )


def _parameters(entries: Iterable[Any]) -> Iterator[tuple[object, object]]:
    """File and name of each parameter; an entry is a name in params.yaml, or a file with a list of names."""
    for entry in entries:
        for file, names in entry.items() if isinstance(entry, dict) else [(str(paths.PARAMS), [entry])]:
            yield from ((file, name) for name in (names if isinstance(names, list) else [names]))


def _output_paths(entries: Iterable[Any]) -> Iterator[object]:
    """An entry is a path, or a path with its settings."""
    for entry in entries:
        yield next(iter(entry)) if isinstance(entry, dict) else entry
