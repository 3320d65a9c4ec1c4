"""JSON schemas of the files of conf/, from the types that check them, for editors.

A file may have a part of the keys: others come from its defaults list, or are added by the file that includes it.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from stages.config.schema import Dataset, Suite
from stages.download.params import Download
from stages.train.params import Train
from stages.validate.params import Validate

Schema = dict[str, Any]
# What the files of a folder of conf/ have; those of task/ are parts of a dataset, config.yaml is like a suite.
KINDS: Mapping[str, Any] = {
    "suite": Suite, "dataset": Dataset, "source": Download, "train": Train, "validate": Validate,
}  # fmt: skip
DEFAULTS: Schema = {"type": "array", "description": "The files of conf/ that this one builds on; see docs/how-to."}


def schema_texts() -> dict[str, str]:
    """The content of each file, by its name."""
    return {f"{name}.json": schema_text(file_schema(kind)) for name, kind in KINDS.items()}


def schema_text(schema: Schema) -> str:
    return json.dumps(schema, indent=1) + "\n"


def file_schema(kind: Any) -> Schema:
    schema = partial_schema(TypeAdapter(kind).json_schema(by_alias=True))
    allow_short_kinds(schema)
    for part in _objects(schema):
        part["properties"]["defaults"] = DEFAULTS
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


def partial_schema(schema: Any) -> Any:
    """The schema without required keys; then a value may fit several types of a union."""
    if isinstance(schema, list):
        return [partial_schema(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    # A property may be called `required` too; its value is a schema.
    dropped = {"discriminator", "minProperties"} | ({"required"} if isinstance(schema.get("required"), list) else set())
    return {
        "anyOf" if key == "oneOf" else key: partial_schema(value) for key, value in schema.items() if key not in dropped
    }


def _objects(schema: Schema) -> list[Schema]:
    """The types of the whole file: one, or those of a union."""
    if "properties" in schema:
        return [schema]
    names = [part["$ref"].rpartition("/")[2] for part in _references(schema)]
    return [schema["$defs"][name] for name in names]


def _references(schema: Schema) -> list[Schema]:
    parts = [schema] if "$ref" in schema else schema.get("anyOf", [])
    return [r for part in parts for r in ([part] if "$ref" in part else _references(part))]


def allow_short_kinds(schema: Schema) -> None:
    """In preprocess.columns, `ignore` is short for `{kind: ignore}`."""
    columns = schema.get("$defs", {}).get("Preprocess", {}).get("properties", {}).get("columns")
    if columns is not None:
        kinds = columns["additionalProperties"]
        names = [part["$ref"].rpartition("/")[2] for part in _references(kinds)]
        words = [schema["$defs"][name]["properties"]["kind"]["const"] for name in names]
        columns["additionalProperties"] = {"anyOf": [{"enum": words}, *kinds["anyOf"]]}
