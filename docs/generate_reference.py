"""`python docs/generate_reference.py [--check]`: write docs/reference from the code.

That is parameters.md, commands.md, and the JSON schemas of conf/ for editors.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from conf_schemas import schema_text, schema_texts
from tune_schema import tune_schema
from typer.main import get_command

from stages.cli.app import app
from stages.cli.tune.ranges.check_paths import NOT_SEARCHED
from stages.config.schema import Dataset

REFERENCE = Path(__file__).parent / "reference"
GENERATED = "<!-- Written by docs/generate_reference.py. -->"
Schema = Mapping[str, Any]
# Keys of JSON schema that limit a value, and how to write them.
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} keys",
    "pattern": "matches `{}`",
}
RANGE_KEYS = (
    ("low`, `high", "numbers", "the range, both included"),
    ("log", "true or false", "values are drawn by their logarithm; `false` without it"),
    ("step", "number (more than 0)", "only `low` plus multiples of it; not together with `log`"),
)
SIMPLE_TYPES = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "true or false",
    "null": "nothing",
}


def parameters_page() -> str:
    """Every parameter of a dataset, from the types that check it."""
    schema = Dataset.model_json_schema(by_alias=True)
    definitions: Mapping[str, Schema] = schema["$defs"]
    lines = [
        GENERATED,
        "# Parameters",
        "",
        "The keys of a file in `conf/dataset/`. A key without a default is required. Unknown keys are refused.",
        "",
        *_model_section("Dataset", schema, level=2),
    ]
    for name in _in_order_of_use(schema, definitions):
        if "enum" not in definitions[name]:
            lines += _model_section(name, definitions[name], level=2)
    lines += _ranges_section()
    return "\n".join(lines).rstrip() + "\n"


def _model_section(name: str, schema: Schema, level: int) -> list[str]:
    lines = [f"{'#' * level} {name}", ""]
    if description := schema.get("description"):
        lines += [*(line.strip() for line in description.splitlines()), ""]
    required = schema.get("required", [])
    rows = [_row(key, value, key in required) for key, value in schema.get("properties", {}).items()]
    return [*lines, "| key | value | default |", "| --- | --- | --- |", *rows, ""]


def _ranges_section() -> list[str]:
    """The format of a file in conf/tune."""
    return [
        "## Ranges of a search",
        "",
        "The keys of a file in `conf/tune/` are paths of parameters of preprocess and train: `train.batch`,",
        "`train.model.units[0]`. The value is a list of two choices or more, such as `[8, 16, 32]`, or a range of",
        "numbers, such as `{low: 0.0001, high: 0.1, log: true}`:",
        "",
        "| key | value | meaning |",
        "| --- | --- | --- |",
        *(f"| `{key}` | {kind} | {meaning} |" for key, kind, meaning in RANGE_KEYS),
        "",
        "These are not searched:",
        "",
        *(f"- `{path}`: {reason}" for path, reason in NOT_SEARCHED.items()),
        "",
    ]


def _row(key: str, schema: Schema, required: bool) -> str:
    default = "required" if required else _default(schema)
    return f"| `{key}` | {_type(schema)} | {default} |"


def _default(schema: Schema) -> str:
    """The default value; a whole model as default has the defaults of its own keys."""
    value = schema.get("default")
    return "its defaults" if isinstance(value, dict) and "$ref" in schema else f"`{_yaml(value)}`"


def _type(schema: Schema) -> str:
    """A value's type in words, with links to the models below.

    >>> _type({"type": "array", "items": {"type": "integer", "minimum": 1}})
    'list of integer (at least 1)'
    """
    limits = [text.format(schema[key]) for key, text in LIMITS.items() if key in schema]
    return _bare_type(schema) + (f" ({', '.join(limits)})" if limits else "")


def _bare_type(schema: Schema) -> str:
    match schema:
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"const": value}:
            return f"`{value}`"
        case {"enum": [*values]}:
            return ", ".join(f"`{value}`" for value in values)
        case {"anyOf": [*choices]} | {"oneOf": [*choices]}:
            return " or ".join(dict.fromkeys(map(_type, choices)))
        case _:
            return _container_type(schema)


def _container_type(schema: Schema) -> str:
    match schema:
        case {"type": "array", "prefixItems": [*items]}:
            return f"list of {len(items)}: {', '.join(map(_type, items))}"
        case {"type": "array"}:
            return f"list of {_type(schema.get('items', {}))}"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"mapping of names to {_type(values)}"
        case _:
            return SIMPLE_TYPES.get(str(schema.get("type")), "any value")


def _yaml(value: Any) -> str:
    """A default as one would write it in YAML.

    >>> _yaml(None), _yaml(True), _yaml({"kind": "adam"})
    ('null', 'true', '{kind: adam}')
    """
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_yaml, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_yaml(each)}' for key, each in value.items())}}}"
        case "":
            return "''"
        case _:
            return str(value).replace("|", "\\|")


def _in_order_of_use(schema: Schema, definitions: Mapping[str, Schema]) -> list[str]:
    """Names of all models, each after the one that names it first."""
    found: dict[str, None] = {}

    def visit(part: Schema) -> None:
        for name in _references(part):
            if name not in found:
                found[name] = None
                visit(definitions[name])

    visit(schema["properties"])
    return list(found)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rpartition("/")[2]
        for key, value in part.items():
            if key != "discriminator":
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def commands_page() -> str:
    """Every command of `restage` with its arguments and options."""
    group = get_command(app)
    context = typer.Context(group, info_name="restage")
    lines = [GENERATED, "# Commands", "", f"{group.help}", ""]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        usage = " ".join(command.collect_usage_pieces(context))
        lines += [f"## restage {name}", "", command.help or "", "", f"    restage {name} {usage}", ""]
        rows = [record for parameter in command.params if (record := parameter.get_help_record(context))]
        if rows:
            lines += ["| option | meaning |", "| --- | --- |"]
            lines += [f"| `{option}` | {' '.join(meaning.split())} |" for option, meaning in rows]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def pages() -> dict[Path, str]:
    texts = schema_texts() | {"tune.json": schema_text(tune_schema())}
    schemas = {REFERENCE / "schemas" / name: text for name, text in texts.items()}
    return {REFERENCE / "parameters.md": parameters_page(), REFERENCE / "commands.md": commands_page(), **schemas}


def main(check: bool) -> None:
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if check and stale:
        sys.exit(f"{', '.join(path.name for path in stale)}: not what the code says; run `make docs`")
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8")


if __name__ == "__main__":
    main(check="--check" in sys.argv)
