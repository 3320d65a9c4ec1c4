"""Proposes the parameters of a file with one JSON object in each line."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from stages.download.formats.csv_text.sniff_encoding import sniff_encoding
from stages.download.formats.json_lines.json_objects import BLANKS, json_objects
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.json_lines_params import JsonLines

Path = tuple[str, ...]


def looks_like_json_lines(start: bytes) -> bool:
    """Whether text that starts so is an object; `start` has at least the first characters."""
    text = start.decode(sniff_encoding(start), "replace").lstrip("\ufeff" + BLANKS)
    return text.startswith("{")


def sniff_json_lines(open_file: OpenFile) -> tuple[JsonLines, list[str] | None]:
    """The parameters, and the columns to read if some hold arrays; None for all.

    Values in nested objects become columns: item.price becomes item_price. All lines are looked at.
    """
    with open_file() as file:
        encoding = sniff_encoding(file.read())
    counts, arrays, lines = Counter[Path](), set[Path](), 0
    for _, record in json_objects(open_file, encoding):
        lines += 1
        for path, value in _leaves(record, ()):
            counts[path] += 1
            if isinstance(value, list):
                arrays.add(path)
    names = _names(list(counts))
    fields = {names[path]: ".".join(path) for path in counts if len(path) > 1 and path not in arrays}
    columns = [names[path] for path in counts if path not in arrays]
    optional = [names[path] for path, count in counts.items() if count < lines and path not in arrays]
    params = JsonLines(format="jsonl", encoding=encoding, fields=fields, optional=optional)
    return params, columns if arrays else None


def _leaves(record: Mapping[str, Any], before: Path) -> Iterator[tuple[Path, Any]]:
    """The values that are no objects. A key with a dot in a nested object cannot be named by a path."""
    for key, value in record.items():
        path = (*before, key)
        if isinstance(value, dict):
            yield from _leaves(value, path)
        elif not before or not any("." in part or not part for part in path):
            yield path, value


def _names(paths: list[Path]) -> dict[Path, str]:
    keys = {path[0] for path in paths if len(path) == 1}
    joined = Counter("_".join(path) for path in paths if len(path) > 1)
    return {
        path: "_".join(path) if len(path) == 1 or (joined["_".join(path)] == 1 and "_".join(path) not in keys)
        else ".".join(path)
        for path in paths
    }  # fmt: skip
