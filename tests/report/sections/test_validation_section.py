from typing import Any

import pytest

from stages.core.artefacts.records.validation import DuplicatesRecord, RedundantColumnsRecord, TimeStepsRecord
from stages.report.sections.validation_section import (
    describe_expectation,
    duplicates_sentence,
    near_duplicates_sentences,
    redundant_columns_sentences,
    time_steps_sentences,
    validation_section,
)
from tests.report.example_records import CHECK, near_duplicates, validation_record

PAIR = {"split": "test", "row": 3, "nearest": {"split": "train", "row": 8}, "similarity": 0.995}


@pytest.mark.parametrize(
    ("name", "arguments", "subject", "expectation"),
    [
        ("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["a", "b"]},
         "kind", "values to be in set: value set a, b"),
        ("expect_table_columns_to_match_set", {"column_set": ["a"], "exact_match": True},
         "table", "columns to match set: column set a, exact match yes"),
        ("expect_column_mean_to_be_between", {"column": "x", "min_value": 0.5, "max_value": None},
         "x", "mean to be between: min value 0.5"),
        ("expect_column_values_to_not_be_null", {"column": "x", "mostly": 0.95},
         "x", "values to not be null: mostly 0.95"),
        ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "high", "column_B": "low", "or_equal": True},
         "high, low", "pair values a to be greater than b: or equal yes"),
        ("every_number_is_finite", {}, "data", "every number is finite"),
    ],
)  # fmt: skip
def test_an_expectation_in_words(name: str, arguments: dict[str, Any], subject: str, expectation: str) -> None:
    assert describe_expectation(name, arguments) == (subject, expectation)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        (
            {"unexpected": 7, "examples": [{"split": "all", "row": n, "value": 10.5} for n in range(2)]},
            "not met by 7 rows, for example row 0 of all: 10.5, row 1 of all: 10.5",
        ),
        ({"observed": 149}, "observed 149"),
        ({"observed": 149, "problem": "no column x"}, "no column x"),
    ],
)
def test_a_failed_check_is_explained(changes: dict[str, Any], finding: str) -> None:
    results = [CHECK | {"passed": False} | changes]
    section = validation_section(validation_record(passed=False, failed=1, results=results))
    assert section.summary == "0 of 1 expectation met on 8 rows."
    assert section.checks[0].finding == finding


def test_duplicates_across_and_within_splits() -> None:
    assert "no duplicate rows" in duplicates_sentence(DuplicatesRecord(across_splits=0, within_splits=0, examples=[]))
    found = duplicates_sentence(DuplicatesRecord(across_splits=2, within_splits=1, examples=[]))
    assert "2 rows in more than one raw split, 1 row repeated within a raw split" in found


def test_no_leakage_gives_no_sentences() -> None:
    assert validation_section(validation_record()).leakage == []
    assert list(near_duplicates_sentences(near_duplicates(across_splits=None, compared=0, candidates=0))) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"across_splits": 1, "examples": [PAIR]},
            "1 row is a near duplicate of a row of an earlier raw split: row 3 of test and row 8 of train.",
        ),
        (
            {"across_splits": 4, "examples": [PAIR]},
            "4 rows are near duplicates of a row of an earlier raw split, "
            "for example row 3 of test and row 8 of train.",
        ),
        (
            {"within_splits": 1, "examples": [PAIR]},
            "1 row is a near duplicate of a row of the same raw split: row 3 of test and row 8 of train.",
        ),
        (
            {"compared": 1000, "candidates": 50000},
            "Near duplicates were searched among 1,000 of 50,000 rows, which were sampled evenly.",
        ),
    ],
)
def test_near_duplicates_are_shown_with_both_rows(changes: dict[str, Any], sentence: str) -> None:
    assert list(near_duplicates_sentences(near_duplicates(**changes))) == [sentence]


def test_redundant_columns_are_named() -> None:
    examples = [{"columns": ("town", "code"), "relation": "renamed"}, {"columns": ("a", "b"), "relation": "equal"}]
    (sentence,) = redundant_columns_sentences(RedundantColumnsRecord.model_validate({"pairs": 3, "examples": examples}))
    assert "3 pairs of columns hold the same information" in sentence
    assert "town and code (renamed), a and b (equal)" in sentence


def time_steps(**changes: Any) -> TimeStepsRecord:
    longest = {"split": "all", "row": 4, "begin": "2020-01-03", "end": "2020-01-07"}
    return TimeStepsRecord.model_validate(
        {"column": "day", "steps": 1200, "usual": "1 day", "longest": longest} | changes
    )


def test_regular_times_in_one_sentence() -> None:
    assert list(time_steps_sentences(time_steps(), in_windows=True)) == ["Each step in day is 1 day."]
    assert list(time_steps_sentences(None, in_windows=True)) == []


def test_gaps_with_their_number_and_the_longest_one() -> None:
    gaps = time_steps(longer=2, left_out=5)
    usual, longer, windows = time_steps_sentences(gaps, in_windows=True)
    assert usual == "The usual step in day is 1 day."
    assert longer.startswith("2 of 1,200 steps are longer; with usual steps there would be 5 more rows. ")
    assert longer.endswith("from 2020-01-03 to 2020-01-07 (row 4 of all).")
    assert "download.resample" in windows
    assert list(time_steps_sentences(gaps, in_windows=False)) == [usual, longer]


def test_shorter_steps_and_no_usual_step() -> None:
    assert "1 of 1,200 steps is shorter." in list(time_steps_sentences(time_steps(shorter=1), in_windows=False))
    [irregular] = time_steps_sentences(time_steps(usual=None), in_windows=False)
    assert irregular.startswith("The times in day have no usual step. The longest of 1,200 is from 2020-01-03")
