"""How much of the texts of each split the vocabulary of the training rows knows."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, ProcessedData
from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows
from stages.core.columns.texts.text_column import TextColumn
from stages.core.columns.texts.text_ids import PADDING, UNKNOWN, TextIds
from stages.report.recorded.line_blocks import count_lines
from stages.report.rendering.format_text import format_percent


def text_notes(processed: ProcessedData) -> Iterator[str]:
    """Of ids, the share of unknown words; of other forms, which do not keep them, the texts without a known word."""
    for name, spec in sorted(processed.fitted.inputs.items()):
        if isinstance(column := spec.column, TextColumn):
            splits = [split for split in (TRAIN, VALIDATION, TEST) if split in processed.splits]
            rows = {split: processed.splits[split].inputs[name] for split in splits}
            if isinstance(column, TextIds):
                shares = [f"{format_percent(unknown_share(ids))} in {split}" for split, ids in rows.items()]
                yield f"Words of {column.column} that the vocabulary does not have: {', '.join(shares)}."
            else:
                counts = [f"{rows_without_words(stored):,} in {split}" for split, stored in rows.items()]
                yield f"Texts of {column.column} without a word of the vocabulary: {', '.join(counts)}."


def unknown_share(ids: Rows) -> float:
    """
    >>> unknown_share(np.array([[5, 1, 0], [3, 2, 0]]))
    0.25
    """
    words: NDArray[np.int64] = np.asarray(ids)
    unknown = count_lines(len(words), lambda block: words[block] == UNKNOWN)
    return unknown / count_lines(len(words), lambda block: words[block] != PADDING)


def rows_without_words(rows: Rows) -> int:
    """
    >>> rows_without_words(RaggedRows(np.array([4]), np.array([0, 0, 1])))
    1
    """
    assert isinstance(rows, RaggedRows)
    offsets = rows.offsets
    return count_lines(len(rows), lambda block: np.diff(offsets[block.start : block.stop + 1]) == 0)
