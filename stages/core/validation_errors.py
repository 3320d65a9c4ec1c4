"""pydantic's findings told in our words: the keys as the person wrote them, what was received, what is allowed."""

import re
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from stages.core.errors import closest_match, format_examples, suggest

Keys = tuple[str | int, ...]
EXPECTED_MAPPING = "should be keys with values"
_DICT_KEY = "[key]"  # what pydantic adds to the place of a mapping's key when the key itself is wrong


@dataclass(frozen=True)
class ParameterError:
    """One mistake: the keys that lead to it and a sentence about it."""

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


def parameter_errors(kind: Any, error: ValidationError, at: Keys = ()) -> list[ParameterError]:
    """pydantic's findings in our words, with the keys as the person wrote them, one for each value."""
    found = [_finding(kind, detail) for detail in error.errors(include_url=False)]
    told: dict[tuple[object, ...], list[_Finding]] = {}
    for finding in found:
        if not any(other.gets_further_than(finding) for other in found):
            told.setdefault(finding.value, []).append(finding)
    return [_problem(findings, at) for findings in told.values()]


@dataclass(frozen=True)
class _Finding:
    """One complaint of pydantic's. Where several types were tried, at `choices`, each of them complains."""

    detail: ErrorDetails
    keys: Keys
    owner: Any
    choices: frozenset[Keys]

    @property
    def value(self) -> tuple[object, ...]:
        """The same for all the types that one value was tried as."""
        return self.keys if self.keys in self.choices else self.detail["loc"]

    def gets_further_than(self, other: "_Finding") -> bool:
        """Whoever wrote a list with one wrong item meant a list, and not the text that would do as well."""
        return other.keys in other.choices & self.choices and len(self.keys) > len(other.keys)

    @property
    def fits_type(self) -> bool:
        """The value is of the right type, or nearly one of the words, so that this is the type that was meant."""
        if self.detail["type"] == "literal_error":
            return closest_match(str(self.detail["input"]), _literals(self.owner)) is not None
        return not self.detail["type"].endswith("_type")


def _finding(kind: Any, detail: ErrorDetails) -> _Finding:
    keys, owner, choices = _walk(kind, detail["loc"])
    if detail["type"] == "union_tag_invalid":
        keys += (detail["ctx"]["discriminator"].strip("'"),)
    return _Finding(detail, keys, owner, choices)


def _problem(findings: list[_Finding], at: Keys) -> ParameterError:
    meant = [f for f in findings if f.fits_type] or findings
    first = meant[0]
    if len(meant) == 1:
        return ParameterError(at + first.keys, _sentence(first.detail, first.owner))
    wanted = dict.fromkeys(_lower(f.detail["msg"]).removeprefix("should be ") for f in meant)
    return ParameterError(
        at + first.keys, f"should be {' or '.join(wanted)}; received {format_value(first.detail['input'])}"
    )


def _sentence(detail: ErrorDetails, owner: Any) -> str:
    received, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key; {suggest(str(detail['loc'][-1]), [str(name) for name in _fields(owner)])}"
        case "missing":
            return "missing; it has no default"
        case "literal_error":
            return _choice(received, list(_literals(owner)))
        case "union_tag_invalid":
            return _choice(context["tag"], [t.strip(" '") for t in context["expected_tags"].split(",")])
        case "union_tag_not_found":
            name = context["discriminator"].strip("'")
            return f"missing key {name}, which says what kind this is; allowed: {format_examples(_named(owner, name))}"
        case "value_error":
            return str(context["error"])
        case "model_type" | "model_attributes_type":
            return f"{EXPECTED_MAPPING}; received {format_value(received)}"
        case _:
            subject = "the key " if detail["loc"][-1:] == (_DICT_KEY,) else ""
            return f"{subject}{_lower(detail['msg'])}; received {format_value(received)}"


def _choice(received: object, allowed: list[str]) -> str:
    return f"received {format_value(received)}; {suggest(str(received), allowed)}"


def _lower(message: str) -> str:
    """pydantic's sentence about what it calls input, dictionary and so on."""
    message = re.sub(r"^(Input|String|List|Dictionary) ", "", message.removesuffix(" after validation, not 0"))
    return (message[:1].lower() + message[1:]).replace(
        "a valid dictionary", EXPECTED_MAPPING.removeprefix("should be ")
    )


def format_value(value: object) -> str:
    """
    >>> format_value("x"), format_value(None)
    ("'x'", 'nothing')
    """
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _walk(kind: Any, loc: tuple[str | int, ...]) -> tuple[Keys, Any, frozenset[Keys]]:
    """The keys without what pydantic puts in for unions, the type at the end, and where untagged unions stood."""
    keys: Keys = ()
    choices: set[Keys] = set()
    owner = _bare(kind)
    for step in (s for s in loc if s != _DICT_KEY):
        if step in (fields := _fields(owner)):
            keys, owner = (*keys, step), _bare(fields[step].annotation)
        elif get_origin(owner) in (list, dict):
            keys, owner = (*keys, step), _bare(get_args(owner)[-1])
        elif (member := _tagged(owner, step)) is not None:
            owner = member
        elif (member := _titled(owner, step)) is not None:
            choices.add(keys)
            owner = member
        else:
            return (*keys, step), owner, frozenset(choices)
    return keys, owner, frozenset(choices)


def _fields(kind: Any) -> dict[str | int, FieldInfo]:
    """A model's fields by the names that a person gives them."""
    return {f.alias or name: f for name, f in kind.model_fields.items()} if _is_model(kind) else {}


def _bare(kind: Any) -> Any:
    """Without Annotated, a type alias or `| None`."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType) and type(None) in get_args(kind):
            kind = reduce(or_, (a for a in get_args(kind) if a is not type(None)))
        else:
            return kind


def _tagged(kind: Any, tag: str | int) -> Any:
    """The member of a union whose models carry this tag."""
    for member in _members(kind):
        if any(tag in _tags(model) for model in _models(member)):
            return _bare(member)
    return None


def _titled(kind: Any, title: str | int) -> Any:
    """The member of a union that pydantic calls so, since no tag tells them apart."""
    return next((_bare(m) for m in _members(kind) if type_adapter(m).validator.title == title), None)


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else ()


def _models(kind: Any) -> list[type[BaseModel]]:
    """The model itself, or every member of a nested union of models."""
    kind = _bare(kind)
    if _is_model(kind):
        return [kind]
    return [model for member in _members(kind) for model in _models(member)]


def _tags(model: type[BaseModel]) -> set[object]:
    """What tells a model's kind is always required; an option that happens to have the same word is not."""
    return {v for f in model.model_fields.values() if f.is_required() for v in _literals(f.annotation)}


def _named(kind: Any, field: str) -> list[str]:
    """The words by which a field tells the models of a union apart, in their order."""
    fields = [model.model_fields[field] for model in _models(kind) if field in model.model_fields]
    return [str(word) for word in dict.fromkeys(w for f in fields for w in _literals(f.annotation))]


def _literals(kind: Any) -> tuple[Any, ...]:
    kind = _bare(kind)
    return get_args(kind) if get_origin(kind) is Literal else ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
