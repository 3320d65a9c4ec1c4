"""JSON schema of the files of conf/tune, for editors: a list of values, or a range of numbers, by a parameter's path.

The paths and the types of their values are those of preprocess and train.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conf_schemas import Schema, allow_short_kinds, partial_schema
from pydantic import TypeAdapter

from stages.cli.tune.ranges.check_paths import NOT_SEARCHED
from stages.preprocess.params import Preprocess
from stages.train.params import Train

SECTIONS: Mapping[str, Any] = {"preprocess": Preprocess, "train": Train}
# In a path: a name that a person chose, the number of an item, and what is below a value of any type.
ANY_NAME, ANY_ITEM, ANY_PATH = r"\.[^.\[\]]+", r"\[\d+\]", r"\..+"
PATTERNS = (ANY_NAME, ANY_ITEM, ANY_PATH)


def tune_schema() -> Schema:
    """Paths without chosen names and numbers are properties, which editors complete; the others are patterns."""
    schema = partial_schema(TypeAdapter(Preprocess | Train).json_schema(by_alias=True))
    allow_short_kinds(schema)
    definitions = schema["$defs"]
    found: dict[str, list[Schema]] = {}
    for section, kind in SECTIONS.items():
        for pattern, values in _paths(definitions[kind.__name__], re.escape(section), definitions):
            if values not in found.setdefault(pattern, []):
                found[pattern].append(values)
    properties: Schema = {}
    patterns: Schema = {}
    for pattern, kinds in found.items():
        is_plain = not any(part in pattern for part in PATTERNS)
        place, name = (properties, _plain(pattern)) if is_plain else (patterns, f"^{pattern}$")
        place[name] = _range(kinds, definitions)
    used = {"properties": properties, "patternProperties": patterns}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$defs": {name: definitions[name] for name in sorted(_used_definitions(used, definitions))},
        "description": "Ranges of `restage tune`: values, or numbers from low to high, by the path of a parameter.",
        "type": "object",
        **used,
        "additionalProperties": False,
    }


def _paths(schema: Schema, path: str, definitions: Schema) -> Iterator[tuple[str, Schema]]:
    """A pattern for each parameter below the path, with the schema of its value."""
    for kind in _kinds(schema, definitions):
        children = [(rf"\.{re.escape(name)}", each) for name, each in kind.get("properties", {}).items()]
        names = kind.get("additionalProperties", False)
        if names is not False:
            children.append((ANY_NAME, names) if isinstance(names, dict) and names else (ANY_PATH, {}))
        if isinstance(items := kind.get("items"), dict):
            children.append((ANY_ITEM, items))
        for step, child in children:
            if _plain(path + step) not in NOT_SEARCHED:
                yield path + step, child
                yield from _paths(child, path + step, definitions)


def _kinds(schema: Schema, definitions: Schema) -> Iterator[Schema]:
    """The types of a union, nested ones too; the names of types are replaced by the types."""
    if "$ref" in schema:
        yield from _kinds(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    elif "anyOf" in schema:
        for part in schema["anyOf"]:
            yield from _kinds(part, definitions)
    else:
        yield schema


def _plain(pattern: str) -> str:
    return pattern.replace("\\", "")


def _range(kinds: list[Schema], definitions: Schema) -> Schema:
    """What may be written for a parameter whose value has one of these types."""
    values = _distinct([_without_default(kind) for kind in kinds])
    choices = {"type": "array", "items": _any_of(values), "minItems": 2}
    each_kind = [each for kind in values for each in _kinds(kind, definitions)]
    numbers = [kind for kind in each_kind if not kind or kind.get("type") in ("integer", "number")]
    if not numbers:
        return choices
    number = _any_of([kind or {"type": "number"} for kind in _distinct(numbers)])
    limits = {
        "low": number,
        "high": number,
        "log": {"type": "boolean", "default": False},
        "step": {"type": "number", "exclusiveMinimum": 0},
    }
    limited = {"type": "object", "properties": limits, "required": ["low", "high"], "additionalProperties": False}
    return {"anyOf": [choices, limited]}


def _without_default(schema: Schema) -> Schema:
    """The default is that of the parameter and not of its range."""
    return {key: value for key, value in schema.items() if key not in ("default", "title")}


def _any_of(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _distinct(schemas: list[Schema]) -> list[Schema]:
    return [schema for number, schema in enumerate(schemas) if schema not in schemas[:number]]


def _used_definitions(schema: Any, definitions: Schema) -> set[str]:
    """The names of all types that the schema refers to, directly or not."""
    used: set[str] = set()
    _collect(schema, definitions, used)
    return used


def _collect(part: Any, definitions: Schema, used: set[str]) -> None:
    if isinstance(part, list):
        for each in part:
            _collect(each, definitions, used)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in used:
            used.add(name)
            _collect(definitions[name], definitions, used)
        for each in part.values():
            _collect(each, definitions, used)
