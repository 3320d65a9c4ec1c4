"""Finds the header of text with separated columns, and the separator."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from stages.core.errors import UserError
from stages.core.text_values.prepared_lines import prepare_lines
from stages.inference.input_schema import InputSchema, TextNotation
from stages.inference.read.csv_text.csv_lines import CsvLines
from stages.inference.read.csv_text.line_source import LineSource
from stages.inference.read.match_columns import has_all_columns

SEPARATORS = (",", ";", "\t", "|")
# Of a header whose names have line breaks.
MAX_HEADER_LINES = 100


@dataclass(frozen=True)
class Header:
    """The names of the columns, how the rows are written, and the lines that were read already and belong to rows."""

    names: list[str]
    notation: TextNotation
    lines: Sequence[str] = ()


def find_header(lines: Iterator[str], schema: InputSchema) -> Header:
    """The header is the first line, or the one after the lines that files of the source begin with.

    If the source has no header, a line with a value for each of its columns is the first row. The separator is that of
    the source, or the usual one with which the header names all columns that the model needs.
    """
    notation = schema.notation
    skipped = list(islice(lines, notation.skip_lines))
    rest = notation.model_copy(update={"skip_lines": 0})
    for line in skipped:
        if found := _header_in([line], rest, schema):
            return Header(found[0], found[1], skipped[skipped.index(line) + 1 :])
    first = _first_row(lines, rest)
    if found := _header_in(first, rest, schema):
        return Header(*found)
    own = _values(first, rest)
    if notation.names is not None:
        _check_width(own, notation.names)
        return Header(notation.names, rest, first)
    return Header(*_most_likely(first, rest))


def _header_in(
    lines: Sequence[str], notation: TextNotation, schema: InputSchema
) -> tuple[list[str], TextNotation] | None:
    """The names, if they are all that the model needs, and the notation with the separator that divides them."""
    for separator in (notation.separator, *SEPARATORS):
        changed = notation.model_copy(update={"separator": separator})
        names = _values(lines, changed)
        for found in (names, [name.strip() for name in names]):
            if has_all_columns(found, schema):
                return found, changed
    return None


def _most_likely(lines: Sequence[str], notation: TextNotation) -> tuple[list[str], TextNotation]:
    """For the message about columns that are missing: with the wrong separator it would have one long name."""
    separators = [notation.separator, *SEPARATORS]
    changed = [notation.model_copy(update={"separator": separator}) for separator in separators]
    best = max(changed, key=lambda notation: len(_values(lines, notation)))
    own = _values(lines, notation)
    return (own, notation) if len(own) > 1 else (_values(lines, best), best)


def _first_row(lines: Iterator[str], notation: TextNotation) -> list[str]:
    """The lines of the first row that is not blank and no comment: several, if a quoted name has a line break."""
    for line in lines:
        if not _values([line], notation):
            continue
        first = [line]
        while "".join(first).count(notation.quote) % 2 and len(first) < MAX_HEADER_LINES:
            first += islice(lines, 1) or [""]
        return first
    raise UserError("empty; a header with the names of the columns is expected")


def _values(lines: Iterable[str], notation: TextNotation) -> list[str]:
    """The values of the first row; none if it is blank or not readable."""
    prepared = prepare_lines(lines, notation) if notation.changes_lines else lines
    rows, _ = CsvLines(LineSource(prepared), notation, 0).next_rows(1)
    return rows[0] if rows else []


def _check_width(values: Sequence[str], names: Sequence[str]) -> None:
    if len(values) != len(names):
        raise UserError(
            f"{len(values)} values in the first line; a header is expected, or a value for each of the {len(names)} "
            "columns of the dataset's source, which has no header"
        )
