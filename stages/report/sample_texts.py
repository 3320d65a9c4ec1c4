"""Texts as a person reads them: words where the vocabulary is known, ids where it is not."""

from collections.abc import Sequence

from stages.core.artefacts.raw import Tokens
from stages.report.sample_rows import Grid, grid, located

SHOWN = 24


def sample_texts(tokens: Tokens, rows: Sequence[int]) -> Grid:
    return grid(["class", "words", "beginning"], [_line(tokens, row) for row in rows])


def text_cells(tokens: Tokens, row: int) -> list[tuple[str, str]]:
    """How a text begins, for a page's list of answers."""
    return [("text", beginning(tokens, row))]


def beginning(tokens: Tokens, row: int) -> str:
    """The first words; an id without a word is left out."""
    words = [w for w in (tokens.words[i] if tokens.words else str(i) for i in _ids(tokens, row)) if w]
    return " ".join(words[:SHOWN]) + (" …" if len(words) > SHOWN else "")


def _line(tokens: Tokens, row: int) -> list[str]:
    split, place = located(tokens, row)
    label = tokens.classes[int(tokens.labels[split][place])]
    return [label, f"{len(_ids(tokens, row)):,}", beginning(tokens, row)]


def _ids(tokens: Tokens, row: int) -> Sequence[int]:
    split, place = located(tokens, row)
    start, stop = tokens.offsets[split][place : place + 2]
    return [int(i) for i in tokens.ids[split][start:stop]]
