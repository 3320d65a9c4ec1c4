"""Finds the columns that the model needs among those of an input."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

from stages.core.errors import ErrorList, closest_match, format_examples
from stages.inference.input_schema import InputSchema


@dataclass(frozen=True)
class MatchedColumns:
    """`needed` has the position in the input of each column of the schema, by its name in the schema.

    `carried` has the positions of the other columns, by the names that they have in the output.
    """

    needed: dict[str, int]
    carried: dict[str, int]


def match_columns(found: Sequence[str], schema: InputSchema) -> MatchedColumns:
    """Columns may be in any order. Raises UserError with all that are missing or not clear."""
    names = written_names(found, schema)
    errors, counts = ErrorList(), Counter(found)
    if missing := [name for name in names.values() if name not in counts]:
        errors.add(_missing_columns(missing, [] if schema.private_names else found, set(names.values())))
    for name in names.values():
        errors.check(counts[name] < 2, f"column {name!r} occurs {counts[name]} times; rename all but one")
    errors.raise_if_any()
    needed = {column: list(found).index(name) for column, name in names.items()}
    others = [position for position in range(len(found)) if position not in needed.values()]
    return MatchedColumns(needed, dict(zip(_unique([found[n] for n in others]), others, strict=True)))


def written_names(found: Sequence[str], schema: InputSchema) -> dict[str, str]:
    """The names that the columns of the schema have in this input: those of the source, or those after `rename`.

    An input has the names of the source if it lacks fewer of them.
    """
    source = {column.name: column.source_name or column.name for column in schema.columns}
    own = {column.name: column.name for column in schema.columns}
    lacks = [sum(name not in found for name in names.values()) for names in (source, own)]
    return own if lacks[1] < lacks[0] else source


def has_all_columns(found: Sequence[str], schema: InputSchema) -> bool:
    return set(written_names(found, schema).values()) <= set(found)


def _missing_columns(missing: Sequence[str], found: Sequence[str], needed: Set[str]) -> str:
    """`found` is empty if it is not shown: without a header, it has values of the first row."""
    free = [other for other in found if other.strip() and other not in needed]
    described = []
    for name in missing:
        close = closest_match(name.strip(), free)
        described.append(f"{name!r} (is it {close!r}?)" if close else repr(name))
    has = f"; it has {format_examples(map(repr, found))}" if found else ""
    return f"no column {', '.join(described)}{has}"


def _unique(names: Sequence[str]) -> list[str]:
    """
    >>> _unique(["id", "id", "id_2"])
    ['id', 'id_3', 'id_2']
    """
    used, unique = set(names), []
    for position, name in enumerate(names):
        number = 1
        while name in unique or (number > 1 and name in used):
            number += 1
            name = f"{names[position]}_{number}"
        unique.append(name)
    return unique
