from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.artefacts.records.validation import NearDuplicateRow, NearDuplicatesRecord, RowReference
from stages.validate.all_rows import all_rows
from stages.validate.leakage.duplicates import original_rows
from stages.validate.leakage.near_duplicates import NOT_COMPUTED, describe_near_duplicates, find_near_duplicates
from stages.validate.params import NearDuplicates
from tests.core.artefacts.example_pictures import table_with_pictures
from tests.validate.raw_data import images, tokens

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 200, (6, 5, 5), np.uint8)
BRIGHTER = IMAGES + np.uint8(20)
PEOPLE = pd.DataFrame({"height": np.arange(1.0, 21.0), "weight": RNG.permutation(20) * 3.0})
ONE_NEAR = pd.concat([PEOPLE, PEOPLE.iloc[[3]] + 0.001], ignore_index=True)


def find(raw: RawData, limit: int = 5, **params: Any) -> NearDuplicatesRecord:
    rows = all_rows(raw)
    return find_near_duplicates(raw, rows, original_rows(raw, rows), NearDuplicates.model_validate(params), limit)


def test_rows_with_different_pictures_are_not_near_duplicates() -> None:
    photo = table_with_pictures(21).pictures["photo"]
    frame = ONE_NEAR.assign(photo="a.png")

    def near_duplicates(numbers: Any) -> int | None:
        pictures = {"photo": replace(photo, numbers={"all": np.array(numbers, np.int32)})}
        return find(Table({"all": frame}, pictures=pictures)).within_splits

    assert near_duplicates([0] * 21) == 1
    assert near_duplicates([0] * 20 + [1]) == 0


def test_record_and_message() -> None:
    found = find(images(IMAGES, BRIGHTER[[4]]))
    nearest = RowReference(split="train", row=4)
    assert found == NearDuplicatesRecord(
        across_splits=1,
        within_splits=None,
        compared=1,
        candidates=1,
        examples=[NearDuplicateRow(split="test", row=0, nearest=nearest, similarity=1.0)],
    )
    message = describe_near_duplicates(found)
    assert message.startswith("1 rows")
    assert message.endswith("row 0 of test is similar to row 4 of train")


CHANGED = IMAGES[[4]].copy()
CHANGED[0, 2, 2] ^= 0x7F


@pytest.mark.parametrize(
    ("test", "params", "candidates", "across_splits", "examples"),
    [
        (IMAGES[[4]], {}, 0, 0, 0),
        (CHANGED, {}, 1, 0, 0),
        (CHANGED, {"images": 0.8}, 1, 1, 1),
        (BRIGHTER, {"limit": 2}, 6, 6, 2),
    ],
    ids=["a duplicate is no candidate", "threshold", "threshold of conf", "limit of examples"],
)
def test_images(test: Any, params: dict[str, Any], candidates: int, across_splits: int, examples: int) -> None:
    found = find(images(IMAGES, test), **params)
    assert (found.candidates, found.across_splits, len(found.examples)) == (candidates, across_splits, examples)


def test_rows_of_one_split() -> None:
    found = find(Table({"all": ONE_NEAR}))
    assert (found.across_splits, found.within_splits) == (0, 1)
    assert found.examples[0].nearest == RowReference(split="all", row=3)


def test_texts() -> None:
    assert find(tokens([[1, 2, 3, 4, 5, 6]], [[1, 2, 3, 4, 5, 7]])).examples[0].similarity == 0.6


@pytest.mark.parametrize(
    ("raw", "across_splits"),
    [
        (images(IMAGES, BRIGHTER), "off"),
        (Table({"all": ONE_NEAR}, kind="series"), "report"),
        (Table({"all": ONE_NEAR[["height"]]}), "report"),
    ],
    ids=["off", "neighbouring rows of a series", "rows of one number"],
)
def test_not_computed(raw: RawData, across_splits: str) -> None:
    assert find(raw, across_splits=across_splits) == NOT_COMPUTED
