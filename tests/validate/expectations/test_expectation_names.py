from typing import Any

import pytest

from stages.validate.expectations.expectation_names import ARGUMENTS, columns_read

SETTINGS = {
    *("id", "meta", "notes", "description", "rendered_content", "library_metadata", "severity"),
    *("batch_id", "windows", "result_format", "catch_exceptions"),
    *("row_condition", "condition_parser"),
}
NOT_FOR_ONE_FRAME = {
    "expect_query_results_to_match_comparison",
    "expect_table_row_count_to_equal_other_table",
    "unexpected_rows_expectation",
}
FOR_SQL_ONLY = {
    "expect_column_values_to_match_like_pattern",
    "expect_column_values_to_match_like_pattern_list",
    "expect_column_values_to_not_match_like_pattern",
    "expect_column_values_to_not_match_like_pattern_list",
}


@pytest.fixture(scope="module")
def installed() -> dict[str, Any]:
    """The expectation classes of the library by name. The base class and an alias have no name."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GX_ANALYTICS_ENABLED", "false")
        from great_expectations import expectations

    classes: list[Any] = [c for c in vars(expectations).values() if isinstance(c, type)]
    return {c.expectation_type: c for c in classes if getattr(c, "expectation_type", "")}


def test_all_expectations_for_one_frame_are_listed(installed: dict[str, Any]) -> None:
    assert set(ARGUMENTS) == set(installed) - NOT_FOR_ONE_FRAME - FOR_SQL_ONLY


def test_all_arguments_are_listed(installed: dict[str, Any]) -> None:
    arguments = {name: set(installed[name].__fields__) - SETTINGS for name in ARGUMENTS}
    assert {name: set(listed) for name, listed in ARGUMENTS.items()} == arguments


def test_expectation_about_column_names_reads_no_column() -> None:
    assert columns_read("expect_table_columns_to_match_ordered_list", {"column_list": ["a"]}) == []
    assert columns_read("expect_multicolumn_sum_to_equal", {"column_list": ["a", "b"], "sum_total": 1}) == ["a", "b"]
