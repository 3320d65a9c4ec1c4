"""Rows that are nearly the same as a row of an earlier split, so that the test split is almost known in training."""

import numpy as np

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.records.validation import NearDuplicateRow, NearDuplicatesRecord
from stages.core.bounded_memory.scratch_arrays import ScratchFolder
from stages.core.rounding import round_significant
from stages.validate.all_rows import (
    AllRows,
    Rows,
    describe_row,
    row_reference,
    rows_with_picture_numbers,
    split_numbers,
)
from stages.validate.leakage.candidate_rows import Candidates, Integers, find_candidates
from stages.validate.leakage.hashes import HashedRows
from stages.validate.leakage.near_duplicate_blocks import near_duplicate_blocks
from stages.validate.leakage.near_duplicate_images import near_duplicate_images
from stages.validate.leakage.near_duplicate_rows import near_duplicate_rows
from stages.validate.leakage.near_duplicate_texts import near_duplicate_texts
from stages.validate.leakage.select_nearest import NearestRows
from stages.validate.params import NearDuplicates

NOT_COMPUTED = NearDuplicatesRecord(across_splits=None, within_splits=None, compared=0, candidates=0, examples=[])


def find_near_duplicates(
    raw: RawData, rows: AllRows, original: Integers, params: NearDuplicates, limit: int
) -> NearDuplicatesRecord:
    """Count near duplicates across splits or, if there is one split, within it.

    A series is skipped, because its neighbouring rows are naturally similar.
    """
    if _is_skipped(raw, params):
        return NOT_COMPUTED
    splits = split_numbers(rows, np.arange(len(original)))
    candidates = find_candidates(original, splits)
    found, compared = _nearest_rows(raw, rows, candidates, params)
    if len(candidates) and not len(compared):
        return NOT_COMPUTED
    several_splits = bool((splits != splits[:1]).any())
    first = NearestRows(found.rows[:limit], found.nearest[:limit], found.similarity[:limit])
    return _record(rows, several_splits, len(found.rows), len(compared), len(candidates), first)


def find_near_duplicates_by_block(
    raw: Table, rows: Rows, row_hashes: HashedRows, params: NearDuplicates, limit: int, scratch: ScratchFolder
) -> NearDuplicatesRecord:
    """The same of a large table, whose rows are all compared. `row_hashes` are those of all rows."""
    if _is_skipped(raw, params):
        return NOT_COMPUTED
    found = near_duplicate_blocks(raw, rows, row_hashes, params.rows, limit, scratch)
    if found.candidates and not found.compared:
        return NOT_COMPUTED.model_copy(update={"not_judged": found.why_not})
    several_splits = sum(size > 0 for size in rows.split_sizes.values()) > 1
    return _record(rows, several_splits, found.count, found.compared, found.candidates, found.first)


def _is_skipped(raw: RawData, params: NearDuplicates) -> bool:
    return params.across_splits == "off" or (isinstance(raw, Table) and raw.kind == "series")


def _record(
    rows: Rows, several_splits: bool, count: int, compared: int, candidates: int, first: NearestRows
) -> NearDuplicatesRecord:
    examples = (array.tolist() for array in (first.rows, first.nearest, first.similarity))
    return NearDuplicatesRecord(
        across_splits=count if several_splits else 0,
        within_splits=None if several_splits else count,
        compared=compared,
        candidates=candidates,
        examples=[
            NearDuplicateRow(
                **dict(row_reference(rows, row)),
                nearest=row_reference(rows, nearest),
                similarity=round_significant(similarity),
            )
            for row, nearest, similarity in zip(*examples, strict=True)
        ],
    )


def _nearest_rows(
    raw: RawData, rows: AllRows, candidates: Candidates, params: NearDuplicates
) -> tuple[NearestRows, Candidates]:
    match raw:
        case Images():
            return near_duplicate_images(list(raw.images.values()), candidates, params.images)
        case Tokens():
            texts = [RaggedRows(raw.ids[split], raw.offsets[split]) for split in raw.ids]
            return near_duplicate_texts(texts, candidates, params.texts)
        case Table():
            return near_duplicate_rows(rows_with_picture_numbers(raw, rows, rows.frame), candidates, params.rows)


def describe_near_duplicates(near_duplicates: NearDuplicatesRecord) -> str:
    pairs = [f"{describe_row(row)} is similar to {describe_row(row.nearest)}" for row in near_duplicates.examples]
    return f"{near_duplicates.across_splits} rows are similar to a row of an earlier split, first: {', '.join(pairs)}"
