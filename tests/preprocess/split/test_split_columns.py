"""Splits of a table by its columns."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Images, Table
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess

ROWS = 120
RANDOM = np.random.default_rng(5)
FRAME = pd.DataFrame(
    {
        "size": RANDOM.normal(5, 2, ROWS),
        "day": RANDOM.permutation(ROWS) + 1000,
        "patient": RANDOM.integers(0, 30, ROWS).astype(str),
        "kind": RANDOM.permutation(["rose", "tulip"] * (ROWS // 2)),
    }
)
FRACTIONS = {"test": 0.25, "validation": 0.25}
SPLITS: dict[str, dict[str, Any]] = {
    "shuffled": {"split": FRACTIONS},
    "stratified": {"split": FRACTIONS | {"order": "stratified"}},
    "chronological": {"split": FRACTIONS | {"order": "chronological"}},
    "test_first": {"split": FRACTIONS | {"order": "test_first"}},
    "by": {"split": FRACTIONS | {"order": "chronological", "by": "day"}},
    "test first by": {"split": FRACTIONS | {"order": "test_first", "by": "day"}},
    "hash": {"split": FRACTIONS | {"order": "hash", "key": "patient"}},
    "hash of two": {"split": FRACTIONS | {"order": "hash", "key": ["patient", "day"]}},
    "group": {"split": FRACTIONS, "columns": {"patient": "group"}},
    "stratified group": {"split": FRACTIONS | {"order": "stratified"}, "columns": {"patient": "group"}},
}


def processed(frames: pd.DataFrame | dict[str, pd.DataFrame], **params: Any) -> ProcessedData:
    by_split = {"all": frames} if isinstance(frames, pd.DataFrame) else frames
    settings = {"inputs": ["size"], "targets": "kind", "labels": "one_hot", "steps": [{"step": "standard"}]} | params
    return preprocess(Table(by_split), Preprocess.model_validate(settings))


def rows_of(data: ProcessedData) -> dict[str, list[int]]:
    return {name: [int(row) for row in data.raw_row_numbers(name)] for name in data.splits}


def errors(frames: pd.DataFrame | dict[str, pd.DataFrame], **params: Any) -> list[str]:
    with pytest.raises(UserError) as caught:
        processed(frames, **params)
    return list(caught.value.messages)


@pytest.mark.parametrize("name", SPLITS)
def test_splits_are_disjoint_and_have_about_the_fractions(name: str) -> None:
    data = processed(FRAME, **SPLITS[name])
    rows = rows_of(data)
    assert sorted(row for part in rows.values() for row in part) == list(range(ROWS))
    for split in ("test", "validation"):
        # The sizes of a hash are those of chance: see test_by_hash.
        assert "hash" in name or len(rows[split]) / ROWS == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("name", SPLITS)
def test_a_changed_value_in_test_changes_nothing_that_was_fitted_and_no_training_row(name: str) -> None:
    before = processed(FRAME, **SPLITS[name])
    changed = FRAME.assign(size=FRAME["size"].where(~FRAME.index.isin(before.raw_row_numbers("test")), 1e6))
    after = processed(changed, **SPLITS[name])
    assert after.fitted.inputs == before.fitted.inputs
    assert after.fitted.targets == before.fitted.targets
    assert rows_of(after) == rows_of(before)
    for split in ("train", "validation"):
        np.testing.assert_array_equal(after.inputs(split)["x"], before.inputs(split)["x"])


@pytest.mark.parametrize("name", ["by", "test first by"])
def test_another_time_of_a_test_row_on_its_side_of_the_cut_moves_no_row(name: str) -> None:
    before = processed(FRAME, **SPLITS[name])
    test = before.raw_row_numbers("test")
    if name == "by":
        changed = FRAME.assign(day=FRAME["day"].where(~FRAME.index.isin(test), FRAME["day"] + 10_000))
    else:  # Test follows validation, which is first.
        changed = FRAME.assign(day=FRAME["day"].where(~FRAME.index.isin(test), FRAME["day"].iloc[test].min()))
    assert rows_of(processed(changed, **SPLITS[name])) == rows_of(before)


def test_more_rows_in_test_change_nothing_that_was_fitted() -> None:
    """Where test has a number of rows, those after the training rows can be more."""
    split = {"test": 30, "validation": 30, "order": "chronological", "by": "day"}
    before = processed(FRAME, split=split)
    later = FRAME.iloc[:10].assign(day=np.arange(10) + 5000, size=1e6)
    after = processed(pd.concat([later, FRAME], ignore_index=True), split=split | {"test": 40})
    assert after.fitted.inputs == before.fitted.inputs
    np.testing.assert_array_equal(after.inputs("train")["x"], before.inputs("train")["x"])


@pytest.mark.parametrize("name", ["hash", "hash of two"])
def test_new_rows_in_test_leave_all_that_was_fitted_with_a_hash(name: str) -> None:
    before = processed(FRAME, **SPLITS[name])
    test = FRAME.iloc[before.raw_row_numbers("test")].assign(size=1e6)
    after = processed(pd.concat([test, FRAME], ignore_index=True), **SPLITS[name])
    assert after.fitted.inputs == before.fitted.inputs
    np.testing.assert_array_equal(after.inputs("train")["x"], before.inputs("train")["x"])
    assert after.sample_count("test") == 2 * len(test)


@pytest.mark.parametrize("name", ["hash", "group", "stratified group"])
def test_no_patient_is_divided(name: str) -> None:
    rows = rows_of(processed(FRAME, **SPLITS[name]))
    patients = [set(FRAME["patient"].iloc[part]) for part in rows.values()]
    assert sum(map(len, patients)) == FRAME["patient"].nunique()


def test_columns_of_the_split_are_inputs_only_if_conf_names_them() -> None:
    numbers = FRAME.drop(columns=["patient"])
    split = SPLITS["by"]["split"]
    assert processed(numbers, inputs=None, split=split).fitted.inputs["x"].columns == ["size"]
    assert processed(numbers, inputs=["size", "day"], split=split).fitted.inputs["x"].columns == ["size", "day"]
    for name in ("hash", "group", "stratified group"):
        assert processed(FRAME, inputs=None, **SPLITS[name]).fitted.inputs["x"].columns == (["size", "day"])


def test_texts_of_dates_are_in_the_format_of_their_column() -> None:
    """As texts, 01.02. would be before 02.01."""
    days = pd.date_range("2024-01-01", periods=ROWS, freq="D")
    split = {"test": 20, "order": "chronological", "by": "day"}
    columns = {"day": {"kind": "date", "format": "%d.%m.%Y"}}
    data = processed(FRAME.assign(day=days.strftime("%d.%m.%Y")), split=split, columns=columns)
    assert rows_of(data)["test"] == list(range(100, 120))
    assert data.fitted.inputs["x"].columns == ["size"]


def test_a_given_test_split_with_groups_hashes_and_times() -> None:
    later = FRAME.assign(patient="p" + FRAME["patient"], day=FRAME["day"] + 500)
    frames = {"train": FRAME, "test": later}
    for name in ("by", "hash", "group", "stratified group"):
        params = SPLITS[name] | {"split": SPLITS[name]["split"] | {"test": "given"}}
        rows = rows_of(processed(frames, **params))
        assert rows["test"] == list(range(ROWS, 2 * ROWS))
        assert sorted(rows["train"] + rows["validation"]) == list(range(ROWS))


@pytest.mark.error_case("data that cannot be split")
@pytest.mark.parametrize("name", ["hash", "group"])
def test_a_patient_in_a_given_test_split_and_in_the_rest(name: str) -> None:
    params = SPLITS[name] | {"split": SPLITS[name]["split"] | {"test": "given"}}
    [message] = errors({"train": FRAME, "test": FRAME.iloc[:1]}, **params)
    assert f"1 values of patient are in several splits of the raw data: {FRAME['patient'][0]!r}" in message


@pytest.mark.error_case("data that cannot be split")
def test_all_wrong_columns_are_reported() -> None:
    split = FRACTIONS | {"order": "hash", "key": ["patent", "dya"]}
    assert errors(FRAME, split=split) == [
        "preprocess.split.key: no column 'patent'; did you mean patient?",
        "preprocess.split.key: no column 'dya'; did you mean day?",
    ]
    assert errors(FRAME, columns={"patent": "group"}, split={}) == [
        "preprocess.columns: no column 'patent'; did you mean patient?"
    ]
    assert errors(FRAME, split=FRACTIONS | {"order": "chronological", "by": "dya"}) == [
        "preprocess.split.by: no column 'dya'; did you mean day?"
    ]


@pytest.mark.error_case("data that cannot be split")
@pytest.mark.parametrize(
    ("column", "name", "fact"),
    [
        (
            "day",
            "by",
            "preprocess.split.by: 1 values of column day are neither dates nor finite numbers: none in row 3",
        ),
        ("patient", "hash", "preprocess.split.key: column patient has no value in rows 3"),
        ("patient", "group", "preprocess.columns: column patient has no value in rows 3"),
    ],
)
def test_gaps_are_listed(column: str, name: str, fact: str) -> None:
    [message] = errors(FRAME.assign(**{column: FRAME[column].where(FRAME.index != 3)}), **SPLITS[name])
    assert message.startswith(fact)


@pytest.mark.error_case("data that cannot be split")
@pytest.mark.parametrize(
    ("params", "setting"),
    [
        ({"split": {"test": 0.5, "order": "chronological", "by": "day"}}, "split.by"),
        ({"split": {"test": 0.5, "order": "hash", "key": "id"}}, "split.key"),
        ({"split": {"test": 0.5}, "columns": {"patient": "group"}}, "columns"),
        ({"split": {"test": 0.5}, "columns": {"w": "weight"}}, "columns"),
    ],
)
def test_images_have_no_columns(params: dict[str, Any], setting: str) -> None:
    images = Images({"all": np.zeros((4, 2, 2), np.uint8)}, {"all": np.array([0, 1, 0, 1])}, ["a", "b"])
    with pytest.raises(UserError) as caught:
        preprocess(images, Preprocess.model_validate({"labels": "integer"} | params))
    assert str(caught.value) == f"preprocess.{setting}: for tables only; take it out"
