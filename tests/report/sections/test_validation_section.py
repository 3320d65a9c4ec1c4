import pytest

from stages.report.sections.validation_section import checks, duplicates_words, leaks_words, sentence
from tests.report.fakes import near_duplicates, validation


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        (
            "expect_column_values_to_be_in_set",
            {"column": "kind", "value_set": ["a", "b"]},
            ("kind", "values are in set: a, b"),
        ),
        (
            "expect_table_columns_to_match_set",
            {"column_set": ["a"], "exact_match": True},
            ("table", "columns match set: a, exact match"),
        ),
        ("expect_column_mean_to_be_between", {"column": "x", "min_value": 0.5}, ("x", "mean is at least 0.5")),
        (
            "expect_column_values_to_be_between",
            {"column": "x", "min_value": 0, "strict_min": True},
            ("x", "values are above 0"),
        ),
        ("expect_column_values_to_be_between", {"column": "x", "max_value": 9}, ("x", "values are at most 9")),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "high", "column_B": "low", "or_equal": True},
            ("high", "is at least low"),
        ),
        (
            "expect_column_pair_values_to_be_equal",
            {"column_A": "a", "column_B": "b"},
            ("a, b", "values are equal"),
        ),
        (
            "expect_compound_columns_to_be_unique",
            {"column_list": ["a", "b"]},
            ("compound", "columns is unique: a, b"),
        ),
        ("every_number_is_finite", {}, ("every", "number is finite")),
    ],
)
def test_an_expectation_reads_as_a_line(name, arguments, said):
    assert sentence(name, arguments) == said


def test_a_failed_check_shows_its_rows():
    result = validation()["results"][0] | {
        "passed": False,
        "unexpected": 7,
        "examples": [{"split": "all", "row": n, "value": 10.5} for n in range(5)],
    }
    found = checks(validation(passed=False, failed=1, results=[result]))
    assert found.summary == "0 of 1 expectation met, on 8 rows."
    assert found.results[0].finding.startswith("7 rows not so: row 0 of all: 10.5, row 1 of all: 10.5")


def test_a_failed_check_without_rows_shows_what_was_observed_or_its_problem():
    result = validation()["results"][0] | {"passed": False, "observed": 149}
    assert checks(validation(results=[result])).results[0].finding == "observed 149"
    assert checks(validation(results=[result | {"problem": "no column x"}])).results[0].finding == "no column x"


def test_duplicates_are_told_apart():
    assert duplicates_words({"across_splits": 0, "within_splits": 0}) == "No row occurs twice."
    assert duplicates_words({"across_splits": 2, "within_splits": 1}) == (
        "Duplicates: 2 rows in more than one raw split, 1 row repeated within a raw split."
    )


NO_COPIES = {"pairs": 0, "examples": []}
PAIR = {"split": "test", "row": 3, "near": {"split": "train", "row": 8}, "likeness": 0.995}


def test_nothing_that_leaks_is_nothing_to_read():
    assert checks(validation()).leaks == []
    assert leaks_words(near_duplicates(across_splits=None, looked_at=0, sought=0), NO_COPIES) == []


def test_near_duplicates_are_shown_with_both_places():
    assert leaks_words(near_duplicates(across_splits=1, examples=[PAIR]), NO_COPIES) == [
        "1 row is nearly the same as another one of an earlier raw split: row 3 of test and row 8 of train."
    ]
    assert leaks_words(near_duplicates(across_splits=4, examples=[PAIR]), NO_COPIES) == [
        "4 rows are nearly the same as another one of an earlier raw split: "
        "row 3 of test and row 8 of train and 3 more."
    ]


def test_near_duplicates_of_rows_that_came_as_one():
    same = {"split": "all", "row": 9, "near": {"split": "all", "row": 2}, "likeness": 0.9999}
    assert leaks_words(near_duplicates(within_splits=1, examples=[same]), NO_COPIES) == [
        "1 row is nearly the same as another one of its own raw split: row 9 of all and row 2 of all."
    ]


def test_rows_that_were_not_looked_at_are_owned_up_to():
    assert leaks_words(near_duplicates(looked_at=1000, sought=50000), NO_COPIES) == [
        "Near duplicates were looked for among 1,000 of 50,000 rows, evenly chosen."
    ]


def test_copied_columns_are_named():
    copied = [{"columns": ["town", "code"], "how": "renamed"}, {"columns": ["a", "b"], "how": "equal"}]
    assert leaks_words(near_duplicates(), {"pairs": 3, "examples": copied}) == [
        "3 pairs of columns say the same: town and code (renamed), a and b (equal) and 1 more."
    ]
