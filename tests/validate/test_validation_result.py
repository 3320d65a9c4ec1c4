from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.validate.params import Validate
from stages.validate.validation_result import Verdict, validate

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 200, (6, 5, 5), np.uint8)
HEIGHTS = pd.DataFrame({"height": np.arange(1.0, 21.0), "weight": RNG.permutation(20) * 3.0})


def pictures(train: np.ndarray, test: np.ndarray) -> Images:
    parts = {"train": train, "test": test}
    return Images(parts, {name: np.zeros(len(part), np.int64) for name, part in parts.items()}, ["a"])


def judged(raw: RawData, **params: Any) -> Verdict:
    columns = {"columns": raw.columns} if isinstance(raw, Table) else {}
    return validate(raw, Validate.model_validate(columns | params))


def nearly(raw: RawData, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = judged(raw, **params).record["near_duplicates"]
    return found


def test_near_pictures_are_reported_with_both_places() -> None:
    found = judged(pictures(PICTURES, PICTURES[[4]] + np.uint8(20)))
    assert found.messages == []
    assert found.record["near_duplicates"] == {
        "across_splits": 1,
        "within_splits": None,
        "looked_at": 1,
        "sought": 1,
        "examples": [{"split": "test", "row": 0, "near": {"split": "train", "row": 4}, "likeness": 1.0}],
    }


def test_or_fatal_where_conf_says_so() -> None:
    raw = pictures(PICTURES, PICTURES[[4, 1]] + np.uint8(20))
    found = judged(raw, near_duplicates={"across_splits": "fail"})
    assert found.messages == [
        "near_duplicates: 2 rows are nearly in an earlier split too, "
        "first row 0 of test is like row 4 of train, row 1 of test is like row 1 of train"
    ]
    assert found.record["passed"] is False


def test_exact_copies_are_not_counted_again() -> None:
    found = judged(pictures(PICTURES, PICTURES[[4]]), duplicates_across_splits="report")
    assert (found.record["duplicates"]["across_splits"], found.record["near_duplicates"]["sought"]) == (1, 0)
    assert found.record["near_duplicates"]["across_splits"] == 0


def test_the_threshold_is_confs() -> None:
    changed = PICTURES[[4]].copy()
    changed[0, 2, 2] ^= 0x7F
    assert nearly(pictures(PICTURES, changed))["across_splits"] == 0
    assert nearly(pictures(PICTURES, changed), near_duplicates={"pictures": 0.8})["across_splits"] == 1


def test_at_most_as_many_examples_as_asked_for() -> None:
    found = nearly(pictures(PICTURES, PICTURES + np.uint8(20)), offending_rows=2)
    assert (found["across_splits"], len(found["examples"])) == (6, 2)


def test_rows_of_one_split_are_counted_and_never_fatal() -> None:
    table = Table({"all": pd.concat([HEIGHTS, HEIGHTS.iloc[[3]] + 0.001], ignore_index=True)})
    found = judged(table, near_duplicates={"across_splits": "fail"})
    assert found.messages == []
    assert (found.record["near_duplicates"]["across_splits"], found.record["near_duplicates"]["within_splits"]) == (
        0,
        1,
    )
    assert found.record["near_duplicates"]["examples"][0]["near"] == {"split": "all", "row": 3}


def test_a_step_of_a_series_is_near_the_one_before_by_nature() -> None:
    table = Table({"all": pd.concat([HEIGHTS, HEIGHTS.iloc[[3]] + 0.001], ignore_index=True)}, kind="series")
    assert nearly(table)["within_splits"] is None
    assert nearly(table)["looked_at"] == 0


def test_a_table_of_one_number_has_no_count() -> None:
    found = nearly(Table({"all": HEIGHTS[["height"]]}))
    assert (found["within_splits"], found["looked_at"], found["sought"]) == (None, 0, 0)


def test_nothing_is_looked_for_where_it_is_off() -> None:
    raw = pictures(PICTURES, PICTURES + np.uint8(20))
    found = nearly(raw, near_duplicates={"across_splits": "off"})
    assert (found["across_splits"], found["sought"]) == (None, 0)


def test_near_texts() -> None:
    texts = {"train": [1, 2, 3, 4, 5, 6], "test": [1, 2, 3, 4, 5, 7]}
    raw = Tokens(
        ids={name: np.array(ids, np.uint8) for name, ids in texts.items()},
        offsets=dict.fromkeys(texts, np.array([0, 6])),
        labels=dict.fromkeys(texts, np.array([0])),
        classes=["a"],
    )
    assert nearly(raw)["examples"][0]["likeness"] == 0.6


def test_copied_columns_are_reported_or_fatal() -> None:
    table = Table({"all": HEIGHTS.assign(feet=HEIGHTS["height"] * 3.28084)})
    assert judged(table).record["copied_columns"] == {
        "pairs": 1,
        "examples": [{"columns": ["height", "feet"], "how": "scaled"}],
    }
    assert judged(table, copied_columns="fail").messages == [
        "copied_columns: 'feet' is 'height' on another scale; leave one of each pair out"
    ]


def test_pictures_have_no_columns_to_copy() -> None:
    assert judged(pictures(PICTURES, PICTURES[:1] // 2)).record["copied_columns"] == {"pairs": 0, "examples": []}
