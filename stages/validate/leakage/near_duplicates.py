"""Rows that are nearly the same as one of an earlier split: the test has all but seen them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np

from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.runtime.atomic_write import round_significant
from stages.validate.all_rows import Rows
from stages.validate.leakage.duplicates import Groups, split_numbers
from stages.validate.leakage.near_duplicate_images import near_pictures
from stages.validate.leakage.near_duplicate_rows import near_rows
from stages.validate.leakage.near_duplicate_texts import near_texts
from stages.validate.leakage.nearest_rows import Sought, Twins, sought
from stages.validate.params import NearDuplicates

LIKENESS_DIGITS = 6


@dataclass(frozen=True)
class Near:
    """`looked_at` of the rows sought were compared; `several` splits came with the data, or all rows in one."""

    twins: Twins
    looked_at: int
    sought: int
    several: bool


def near(raw: RawData, rows: Rows, groups: Groups, params: NearDuplicates) -> Near | None:
    """Nothing where it is off or would say nothing: rows that follow each other in a series are near by nature."""
    if params.across_splits == "off" or (isinstance(raw, Table) and raw.kind == "series"):
        return None
    split = split_numbers(rows)
    wanted = sought(groups, split)
    twins, looked = _twins(raw, rows, wanted, params)
    if len(wanted) and not len(looked):
        return None
    return Near(twins, len(looked), len(wanted), several=bool(np.any(split != split[:1])))


def _twins(raw: RawData, rows: Rows, wanted: Sought, params: NearDuplicates) -> tuple[Twins, Sought]:
    match raw:
        case Images():
            return near_pictures(list(raw.images.values()), wanted, params.pictures)
        case Tokens():
            texts = [RaggedRows(raw.ids[split], raw.offsets[split]) for split in raw.ids]
            return near_texts(texts, wanted, params.texts)
        case Table():
            return near_rows(rows.frame, wanted, params.rows)
        case _:
            assert_never(raw)


def record(found: Near | None, rows: Rows, limit: int) -> dict[str, Any]:
    """What was not looked for has no count."""
    if found is None:
        return {"across_splits": None, "within_splits": None, "looked_at": 0, "sought": 0, "examples": []}
    many = len(found.twins.rows)
    return {
        "across_splits": many if found.several else 0,
        "within_splits": None if found.several else many,
        "looked_at": found.looked_at,
        "sought": found.sought,
        "examples": [_example(found.twins, rows, place) for place in range(min(many, limit))],
    }


def _example(twins: Twins, rows: Rows, place: int) -> dict[str, Any]:
    row, other = (rows.written(int(numbers[place])) for numbers in (twins.rows, twins.others))
    likeness = round_significant(float(twins.likeness[place]), LIKENESS_DIGITS)
    return {**row, "near": other, "likeness": likeness}


def fault(written: Mapping[str, Any]) -> str:
    told = ", ".join(
        f"row {e['row']} of {e['split']} is like row {e['near']['row']} of {e['near']['split']}"
        for e in written["examples"]
    )
    return f"near_duplicates: {written['across_splits']} rows are nearly in an earlier split too, first {told}"
