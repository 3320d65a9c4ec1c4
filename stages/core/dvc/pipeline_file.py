"""What dvc.yaml says of one stage: its files, its slice of params.yaml, its outputs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.core.errors import UserError, suggest
from stages.core.read_yaml import read_yaml_mapping

PIPELINE = Path("dvc.yaml")
OUTPUTS = ("outs", "metrics", "plots")


@dataclass(frozen=True)
class StageDeclaration:
    deps: tuple[Path, ...]
    params: tuple[str, ...]
    outputs: tuple[Path, ...]


def read_pipeline(path: Path = PIPELINE) -> dict[str, Any]:
    stages: dict[str, Any] = read_yaml_mapping(path, "stages", absent="run it at the root of the repository")["stages"]
    return stages


def stage_declaration(stage: str, pipeline: Mapping[str, Any], suite: str) -> StageDeclaration:
    """`train@iris` is the section train for the key iris."""
    room, _, key = stage.partition("@")
    if room not in pipeline:
        raise UserError(f"{PIPELINE}: no stage {room!r}; {suggest(room, list(pipeline))}")
    section = pipeline[room].get("do", pipeline[room])
    known = {"${key}": key, "${suite}": suite}
    outputs = [name for kind in OUTPUTS for name in _names(section.get(kind, []))]
    return StageDeclaration(
        deps=tuple(Path(_filled(dep, known)) for dep in section.get("deps", [])),
        params=tuple(_filled(param, known) for param in section.get("params", [])),
        outputs=tuple(Path(_filled(output, known)) for output in outputs),
    )


def _names(listed: Iterable[Any]) -> list[str]:
    """An output is a name, or a name with its settings."""
    return [name if isinstance(name, str) else next(iter(name)) for name in listed]


def _filled(text: object, known: Mapping[str, str]) -> str:
    """
    >>> _filled("data/raw/${key}", {"${key}": "iris"})
    'data/raw/iris'
    """
    if not isinstance(text, str):
        raise UserError(f"{PIPELINE}: a plain name is expected here; received {text!r}")
    for name, value in known.items():
        text = text.replace(name, value)
    if "${" in text:
        raise UserError(f"{PIPELINE}: {text}: stages know {' and '.join(known)} only")
    return text
