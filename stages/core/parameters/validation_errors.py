"""Turns pydantic's errors into messages: the keys as the user wrote them, what was received, what is allowed."""

import re
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from stages.core.address_secrets import without_secrets
from stages.core.errors import closest_match, format_examples, suggest

Keys = tuple[str | int, ...]
MISSING = "missing; it has no default"
EXPECTED_MAPPING = "should be keys with values"
_DICT_KEY = "[key]"  # what pydantic appends to the location when a key of a mapping is invalid


@dataclass(frozen=True)
class ParameterError:
    """One error: the keys that lead to it, and a message."""

    keys: Keys
    text: str

    def __str__(self) -> str:
        return f"{dotted_path(self.keys)}: {self.text}"


def dotted_path(keys: Keys) -> str:
    """
    >>> dotted_path(("train", "units", 0))
    'train.units[0]'
    """
    return "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in keys).lstrip(".")


@cache
def type_adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def parameter_errors(kind: Any, error: ValidationError, prefix: Keys = ()) -> list[ParameterError]:
    """One error for each invalid value, with the keys below `prefix`.

    `kind` is the type that was validated. Where a value may be of several types, pydantic reports an error for each of
    them; they are combined, and types that the user did not mean are left out.
    """
    failures = [_Failure(detail, *_resolve(kind, detail)) for detail in error.errors(include_url=False)]
    by_value: dict[tuple[object, ...], list[_Failure]] = {}
    for failure in failures:
        if not any(other.is_deeper_than(failure) for other in failures):
            by_value.setdefault(failure.value, []).append(failure)
    return [_combine(same_value, prefix) for same_value in by_value.values()]


@dataclass(frozen=True)
class _Failure:
    """One error of pydantic's. `parent_type` is the type at `keys`; `unions` has the keys of all unions on the way."""

    detail: ErrorDetails
    keys: Keys
    parent_type: Any
    unions: frozenset[Keys]

    @property
    def value(self) -> tuple[object, ...]:
        """Identifies the value; equal for all types that pydantic tried for it."""
        return self.keys if self.keys in self.unions else self.detail["loc"]

    def is_deeper_than(self, other: "_Failure") -> bool:
        """Whether both tried the same union, and this type fitted further: a list with one wrong item is a list."""
        return other.keys in other.unions & self.unions and len(self.keys) > len(other.keys)

    @property
    def has_right_type(self) -> bool:
        """Whether the value has the type, or is nearly one of its literals; then this type was probably meant."""
        if self.detail["type"] == "literal_error":
            return closest_match(str(self.detail["input"]), _literals(self.parent_type)) is not None
        return not self.detail["type"].endswith("_type")


def _combine(failures: list[_Failure], prefix: Keys) -> ParameterError:
    """One error for all types that were tried for one value."""
    first, *others = meant = [failure for failure in failures if failure.has_right_type] or failures
    if not others:
        return ParameterError(prefix + first.keys, _message(first.detail, first.parent_type))
    expected = dict.fromkeys(_shorten(f.detail["msg"]).removeprefix("should be ") for f in meant)
    received = format_value(first.detail["input"])
    return ParameterError(prefix + first.keys, f"should be {' or '.join(expected)}; received {received}")


def _message(detail: ErrorDetails, parent_type: Any) -> str:
    received, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key; {suggest(str(detail['loc'][-1]), [str(name) for name in _fields(parent_type)])}"
        case "missing":
            return MISSING
        case "literal_error":
            return _choice(received, list(_literals(parent_type)))
        case "union_tag_invalid":
            return _choice(context["tag"], [t.strip(" '") for t in context["expected_tags"].split(",")])
        case "union_tag_not_found":
            name = context["discriminator"].strip("'")
            fields = [model.model_fields[name] for model in _models(parent_type) if name in model.model_fields]
            allowed = format_examples(dict.fromkeys(tag for field in fields for tag in _literals(field.annotation)))
            return f"missing key {name}, which says what kind this is; allowed: {allowed}"
        case "value_error":
            return str(context["error"])
        case "model_type" | "model_attributes_type":
            return f"{EXPECTED_MAPPING}; received {format_value(received)}"
        case _:
            subject = "the key " if detail["loc"][-1:] == (_DICT_KEY,) else ""
            return f"{subject}{_shorten(detail['msg'])}; received {format_value(received)}"


def _choice(received: object, allowed: list[str]) -> str:
    return f"received {format_value(received)}; {suggest(str(received), allowed)}"


def _shorten(message: str) -> str:
    """pydantic's message without its subject, and in the words of YAML."""
    message = re.sub(r"^(Input|String|List|Dictionary) ", "", message.removesuffix(" after validation, not 0"))
    message = re.sub(r" or instance of \w+", "", message).replace(
        "a valid dictionary", EXPECTED_MAPPING.removeprefix("should be ")
    )
    return message[:1].lower() + message[1:]


def format_value(value: object) -> str:
    """At most 60 characters of the value, without secrets in addresses.

    >>> format_value("x"), format_value(None)
    ("'x'", 'nothing')
    """
    text = "nothing" if value is None else without_secrets(repr(value))
    return text if len(text) <= 60 else text[:57] + "..."


def _resolve(kind: Any, detail: ErrorDetails) -> tuple[Keys, Any, frozenset[Keys]]:
    """The user's keys, the type at them, and the keys of all unions without a tag on the way.

    pydantic's location also has the tags and titles of union members; the user wrote no such keys.
    """
    keys: Keys = ()
    unions: set[Keys] = set()
    parent_type = _unwrap(kind)
    for step in (s for s in detail["loc"] if s != _DICT_KEY):
        if step in (fields := _fields(parent_type)):
            keys, parent_type = (*keys, step), _unwrap(fields[step].annotation)
        elif get_origin(parent_type) in (list, dict):
            keys, parent_type = (*keys, step), _unwrap(get_args(parent_type)[-1])
        elif tagged := [m for m in _members(parent_type) if any(step in _tags(model) for model in _models(m))]:
            parent_type = _unwrap(tagged[0])
        elif titled := [m for m in _members(parent_type) if type_adapter(m).validator.title == step]:
            unions.add(keys)
            parent_type = _unwrap(titled[0])
        else:
            keys = (*keys, step)
            break
    if detail["type"] == "union_tag_invalid":
        keys += (detail["ctx"]["discriminator"].strip("'"),)
    return keys, parent_type, frozenset(unions)


def _fields(kind: Any) -> dict[str | int, FieldInfo]:
    """The fields of a model by the names that the user writes; empty for other types."""
    return {f.alias or name: f for name, f in kind.model_fields.items()} if _is_model(kind) else {}


def _unwrap(kind: Any) -> Any:
    """The type without Annotated and without `| None`."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType) and type(None) in get_args(kind):
            kind = reduce(or_, (a for a in get_args(kind) if a is not type(None)))
        else:
            return kind


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else ()


def _models(kind: Any) -> list[type[BaseModel]]:
    """The model, or all models of a union, nested ones too."""
    kind = _unwrap(kind)
    if _is_model(kind):
        return [kind]
    return [model for member in _members(kind) for model in _models(member)]


def _tags(model: type[BaseModel]) -> set[object]:
    """The literals of required fields. A tag is always required; an optional field may have the same literal."""
    return {v for f in model.model_fields.values() if f.is_required() for v in _literals(f.annotation)}


def _literals(kind: Any) -> tuple[Any, ...]:
    kind = _unwrap(kind)
    return get_args(kind) if get_origin(kind) is Literal else ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
