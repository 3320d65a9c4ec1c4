"""Changes of rows, columns, classes and splits, for each kind of split."""

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.cli.refresh.comparison.compare_data import ColumnChanges, compare_data, key_columns
from stages.cli.refresh.comparison.compare_splits import SPLITS as SPLIT_NAMES
from stages.cli.refresh.comparison.compare_splits import count_moves, split_of_rows
from stages.core.artefacts.processed import TEST, TRAIN
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.records.refreshed import RowChanges
from stages.core.artefacts.row_numbers import as_array
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import type_adapter
from stages.download.load_source import load_source
from stages.download.params import Download
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.cli.refresh.changed_tables import CHANGES, SPLITS, people, preprocess_params, table

# Splits in which a row stays whatever happens to the other rows.
STABLE = {"hash"}
# Those in which the order of the rows in the file does not matter.
WITHOUT_ORDER = {"hash", "time", "group"}


def counted_one_by_one(old: Table, new: Table, params: Preprocess) -> dict[str, RowChanges]:
    """The changes of each split by the id of each row, without the code under test for pairs."""
    rows = []
    for raw in (old, new):
        splits = [SPLIT_NAMES[number] for number in split_of_rows(raw, params)]
        frame = raw.frames["all"]
        rows.append({r[0]: (r, s) for r, s in zip(frame.itertuples(index=False, name=None), splits, strict=True)})
    before, now = rows
    counts = {name: Counter[str]() for name in SPLIT_NAMES}
    for each in {**before, **now}:
        if each not in now:
            counts[before[each][1]]["gone"] += 1
        elif each not in before:
            counts[now[each][1]]["added"] += 1
        elif before[each][1] != now[each][1]:
            counts[before[each][1]]["moved_out"] += 1
            counts[now[each][1]]["moved_in"] += 1
        else:
            counts[now[each][1]]["same" if before[each][0] == now[each][0] else "changed"] += 1
    names = ("same", "changed", "gone", "added", "moved_out", "moved_in")
    return {
        split: RowChanges(
            before=sum(s == split for _, s in before.values()),
            now=sum(s == split for _, s in now.values()),
            **{name: found[name] for name in names},
        )
        for split, found in counts.items()
    }


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("split", SPLITS)
def test_rows_of_each_split(split: str, change: str) -> None:
    params, old = preprocess_params(split), table(people())
    new = table(CHANGES[change](people()))
    changes = compare_data(old, new, params, ["id"])
    assert not changes.not_split
    assert changes.splits == counted_one_by_one(old, new, params)
    moved = count_moves(changes.splits)
    if split in STABLE or (change == "corrected" and split != "stratified"):
        assert moved == 0
    if change == "reordered":
        assert changes.rows.same == changes.rows.before == changes.rows.now
        assert (moved == 0) == (split in WITHOUT_ORDER)


@given(st.lists(st.integers(0, 200), min_size=40, unique=True))
@settings(max_examples=30, deadline=None)
def test_no_row_of_a_hash_split_changes_sides(numbers: list[int]) -> None:
    frame = people(201)
    old, new = table(frame.iloc[:120]), table(frame.iloc[numbers])
    assert count_moves(compare_data(old, new, preprocess_params("hash"), ["id"]).splits) == 0


def test_rows_after_the_old_ones_move_test_rows_to_training() -> None:
    """By time and in order, no row that trained becomes a test row when later rows are added."""
    for split in ("time", "in order"):
        changes = compare_data(table(people()), table(CHANGES["appended"](people())), preprocess_params(split))
        assert changes.splits[TRAIN].moved_out == 0
        assert changes.splits[TEST].moved_in == 0
        assert changes.splits[TRAIN].moved_in > 0


@pytest.mark.parametrize("split", SPLITS)
def test_nothing_is_fitted_from_test_rows_of_new_data(split: str) -> None:
    params, frame = preprocess_params(split), CHANGES["all_at_once"](people())
    fitted = preprocess(table(frame), params).fitted
    rows = np.flatnonzero(split_of_rows(table(frame), params) == SPLIT_NAMES.index(TEST))
    assert len(rows)
    other = frame.copy()
    other.loc[rows, "size"] = 1e6
    assert preprocess(table(other), params).fitted == fitted
    other = frame.copy()
    train = as_array(preprocess(table(frame), params).splits[TRAIN].rows)
    other.loc[train, "size"] *= 3
    assert preprocess(table(other), params).fitted != fitted


def test_without_a_key_a_corrected_row_is_gone_and_new() -> None:
    old, new = table(people()), table(CHANGES["corrected"](people()))
    rows = compare_data(old, new, preprocess_params("in order")).rows
    assert (rows.same, rows.changed, rows.gone, rows.added) == (40, 0, 20, 20)
    changes = compare_data(old, new, preprocess_params("in order"), ["id"])
    assert (changes.rows.same, changes.rows.changed, changes.rows.gone, changes.rows.added) == (40, 20, 0, 0)
    assert changes.columns == ColumnChanges(values={"size": 20})


def test_duplicates_are_counted() -> None:
    old = pd.DataFrame({"a": [1, 1, 1, 2, 5, 6, 7, 8], "kind": list("xxxyxyxy")})
    new = pd.DataFrame({"a": [1, 2, 2, 2, 5, 6, 7, 8], "kind": list("xyyyxyxy")})
    params = type_adapter(Preprocess).validate_python(
        {"targets": "kind", "labels": "integer", "split": {"test": 0.25, "order": "chronological"}}
    )
    rows = compare_data(table(old), table(new), params).rows
    assert (rows.same, rows.gone, rows.added) == (6, 2, 2)


def test_one_gap_makes_no_other_rows_of_a_column() -> None:
    """It makes whole numbers floats."""
    frame = people().assign(number=range(60))
    changed = frame.assign(number=frame["number"].where(frame["id"] != 7))
    changes = compare_data(table(frame), table(changed), preprocess_params("in order"), ["id"])
    assert (changes.rows.same, changes.rows.changed) == (59, 1)
    assert changes.columns.types == [("number", "int64", "float64")]
    text = changed.assign(number=frame["number"].astype(str).where(frame["id"] != 8, "many"))
    assert compare_data(table(frame), table(text), preprocess_params("in order"), ["id"]).rows.same == 59


def test_columns_added_and_gone() -> None:
    new = people().drop(columns="town").assign(age=3)
    changes = compare_data(table(people()), table(new), preprocess_params("hash"), ["id"])
    assert changes.columns == ColumnChanges(added=["age"], removed=["town"])
    assert changes.rows.same == 60


def test_classes_and_counts_of_each() -> None:
    new = people().assign(kind=lambda frame: frame["kind"].replace("aster", "lily"))
    asters = int((people()["kind"] == "aster").sum())
    changes = compare_data(table(people()), table(new), preprocess_params("shuffled"))
    roses = 60 - asters
    assert changes.classes == {"kind": {"aster": (asters, 0), "rose": (roses, roses), "lily": (0, asters)}}


def test_rows_that_cannot_be_split_are_compared_without_splits() -> None:
    new = people()
    new.loc[0, "kind"] = "single"
    changes = compare_data(table(people()), table(new), preprocess_params("stratified"), ["id"])
    assert "'single' has only one" in changes.not_split
    assert (changes.splits, changes.rows.changed) == ({}, 1)


def test_the_key_of_a_row() -> None:
    series = replace(table(people()), kind="series", time="day")
    assert key_columns(series, series, preprocess_params("in order"), []) == ["day"]
    assert key_columns(series, series, preprocess_params("in order"), ["id"]) == ["id"]
    assert key_columns(table(people()), table(people()), preprocess_params("hash"), []) == ["id"]
    assert key_columns(table(people()), table(people()), preprocess_params("shuffled"), []) == []
    with pytest.raises(UserError, match="--key: no column 'twon' in both old and new data; did you mean town"):
        key_columns(series, series, preprocess_params("in order"), ["twon"])


def images(*numbers: int, classes: str = "ab", size: int = 2) -> Images:
    """The n-th image has a number in all pixels, and the class of its remainder."""
    pixels = np.stack([np.full((size, size), number, np.uint8) for number in numbers])
    return Images({"all": pixels}, {"all": np.array(numbers) % 2}, list(classes))


def tokens(*texts: list[int]) -> Tokens:
    lengths = [0, *(len(text) for text in texts)]
    ids, labels = np.concatenate([np.array(text, np.uint16) for text in texts]), np.array([len(t) % 2 for t in texts])
    return Tokens({"all": ids}, {"all": np.cumsum(lengths)}, {"all": labels}, ["even", "odd"])


IN_ORDER = {"labels": "integer", "split": {"test": 0.25, "order": "chronological"}}


def test_images_by_their_content() -> None:
    params = type_adapter(Preprocess).validate_python(IN_ORDER)
    changes = compare_data(images(1, 2, 3, 4, 4), images(4, 3, 2, 9), params)
    assert (changes.rows.same, changes.rows.gone, changes.rows.added) == (3, 2, 1)
    assert changes.classes == {"label": {"a": (3, 2), "b": (2, 2)}}
    relabelled = compare_data(images(1, 2), images(1, 2, classes="xb"), params)
    assert (relabelled.rows.same, relabelled.rows.gone) == (1, 1)
    larger = compare_data(images(1, 2), images(1, 2, size=3), params)
    assert (larger.rows.same, larger.columns.types) == (
        0,
        [("content", "uint8 of shape (2, 2)", "uint8 of shape (3, 3)")],
    )
    with pytest.raises(UserError, match="--key: for tables only"):
        key_columns(images(1), images(1), params, ["id"])


def test_texts_by_their_content() -> None:
    params = type_adapter(Preprocess).validate_python(IN_ORDER | {"words": {"vocabulary_size": 9}})
    changes = compare_data(tokens([1, 2], [3], [3, 4, 5]), tokens([3], [1, 2], [3, 4, 6], [7]), params)
    assert (changes.rows.same, changes.rows.gone, changes.rows.added) == (2, 1, 2)


def test_a_resampled_series_is_compared_by_its_periods(tmp_path: Path) -> None:
    """Two more rows on the last day, and one on the day after the next: one day is corrected, two are new."""

    def resampled(text: str) -> RawData:
        (tmp_path / "a.csv").write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        file = {"path": str(tmp_path / "a.csv"), "sha256": digest}
        params = {"source": "file", "format": {"format": "csv"}, "files": {"all": file}, "kind": "series"}
        resample = {"every": "1D", "how": "sum", "gaps": "forward"}
        return load_source(type_adapter(Download).validate_python(params | {"time": "day", "resample": resample}))

    rows = "day,x\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n"
    old, new = resampled(rows), resampled(rows + "2020-01-03,4\n2020-01-03,5\n2020-01-05,6\n")
    params = type_adapter(Preprocess).validate_python(
        {"targets": "x", "split": {"test": 1, "order": "chronological"}, "window": {"length": 1}}
    )
    changes = compare_data(old, new, params, key_columns(old, new, params, []))
    assert (changes.rows.same, changes.rows.changed, changes.rows.added, changes.rows.gone) == (2, 1, 2, 0)
