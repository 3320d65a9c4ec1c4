"""What a stage's parameters are made of, and how a mistake in them is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from stages.core.errors import Mistake, nearest
from stages.core.paths import PARAMS

Keys = tuple[str | int, ...]


class Params(BaseModel):
    """Exact types, no unknown keys, nothing changed after it was read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Problem:
    """One mistake: the keys that lead to it and a sentence about it."""

    keys: Keys
    text: str

    def __str__(self) -> str:
        return f"{dotted(self.keys)}: {self.text}"


def dotted(keys: Keys) -> str:
    """
    >>> dotted(("train", "units", 0))
    'train.units[0]'
    """
    return "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in keys).lstrip(".")


def read_params(path: Path = PARAMS) -> dict[str, Any]:
    """params.yaml as plain data."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except FileNotFoundError:
        raise Mistake(f"{path}: not here; run `restage compose`") from None
    except yaml.YAMLError as error:
        raise Mistake(f"{path}: not YAML ({' '.join(str(error).split())}); run `restage compose`") from None
    if not isinstance(content, dict) or not isinstance(content.get("datasets"), dict):
        raise Mistake(f"{path}: holds no datasets; run `restage compose`")
    return content


def dataset_params(key: str, path: Path = PARAMS) -> dict[str, Any]:
    """The part of params.yaml that belongs to one dataset."""
    datasets = read_params(path)["datasets"]
    if key not in datasets:
        raise Mistake(f"{path}: no dataset {key!r}; {nearest(key, list(datasets))}")
    section = datasets[key]
    return section if isinstance(section, dict) else {}


def stage_params(kind: Any, key: str, stage: str) -> Any:
    """One stage's slice, typed; every mistake in it at once."""
    section = dataset_params(key)
    try:
        return adapter(kind).validate_python(section.get(stage, {}))
    except ValidationError as error:
        at = ("datasets", key, stage)
        raise Mistake(*(f"{PARAMS}: {p}" for p in problems(kind, error, at))) from None


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def problems(kind: Any, error: ValidationError, at: Keys = ()) -> list[Problem]:
    """pydantic's findings in our words, with the keys as the person wrote them."""
    return [_problem(kind, detail, at) for detail in error.errors(include_url=False)]


def _problem(kind: Any, detail: ErrorDetails, at: Keys) -> Problem:
    keys, owner = _walk(kind, detail["loc"])
    if detail["type"] == "union_tag_invalid":
        keys += (detail["ctx"]["discriminator"].strip("'"),)
    return Problem(at + keys, _sentence(detail, owner))


def _sentence(detail: ErrorDetails, owner: Any) -> str:
    received, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            names = list(owner.model_fields) if _is_model(owner) else []
            return f"unknown key; {nearest(str(detail['loc'][-1]), names)}"
        case "missing":
            return "missing; it has no default"
        case "literal_error":
            return _choice(received, list(_literals(owner)))
        case "union_tag_invalid":
            return _choice(context["tag"], [t.strip(" '") for t in context["expected_tags"].split(",")])
        case "union_tag_not_found":
            return f"missing key {context['discriminator']}; it says which kind this is"
        case "value_error":
            return str(context["error"])
        case _:
            return f"{_lower(detail['msg'])}; received {_shown(received)}"


def _choice(received: object, allowed: list[str]) -> str:
    return f"received {_shown(received)}; {nearest(str(received), allowed)}"


def _lower(message: str) -> str:
    message = message.removeprefix("Input ")
    return message[:1].lower() + message[1:]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _walk(kind: Any, loc: tuple[str | int, ...]) -> tuple[Keys, Any]:
    """The keys without the tags that pydantic puts in for unions, and the type that stands at the end."""
    keys: list[str | int] = []
    owner = kind
    for step in loc:
        owner = _bare(owner)
        if _is_model(owner) and step in owner.model_fields:
            keys.append(step)
            owner = owner.model_fields[str(step)].annotation
        elif get_origin(owner) in (list, dict):
            keys.append(step)
            owner = get_args(owner)[-1]
        elif (member := _member(owner, step)) is not None:
            owner = member
        else:
            keys.append(step)
            return tuple(keys), owner
    return tuple(keys), _bare(owner)


def _bare(kind: Any) -> Any:
    """Without Annotated, a type alias or `| None`."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType) and type(None) in get_args(kind):
            rest = [a for a in get_args(kind) if a is not type(None)]
            kind = rest[0] if len(rest) == 1 else Union[tuple(rest)]
            if len(rest) > 1:
                return kind
        else:
            return kind


def _member(kind: Any, tag: str | int) -> Any:
    """The member of a union that carries this tag, or whose plain type pydantic named so."""
    for member in get_args(kind) if get_origin(kind) in (Union, UnionType) else ():
        bare = _bare(member)
        if any(tag in _tags(model) for model in _models(bare)):
            return bare
        if getattr(bare, "__name__", None) == tag or str(bare).startswith(str(tag)):
            return bare
    return None


def _models(kind: Any) -> list[type[BaseModel]]:
    """The model itself, or every member of a nested union of models."""
    kind = _bare(kind)
    if _is_model(kind):
        return [kind]
    return [m for member in get_args(kind) for m in _models(member)] if get_origin(kind) in (Union, UnionType) else []


def _tags(model: type[BaseModel]) -> set[object]:
    fields = model.model_fields.values()
    return {v for f in fields for v in _literals(f.annotation)} | {model.__name__}


def _literals(kind: Any) -> tuple[Any, ...]:
    kind = _bare(kind)
    return get_args(kind) if get_origin(kind) is Literal else ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
