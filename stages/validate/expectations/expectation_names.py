"""The expectations of Great Expectations that check one pandas frame, and the arguments that each one takes.

Listed here so that conf/ can be checked without importing the library; a test compares the list with the library.
`row_condition` is left out, because pandas would run it as code.
"""

from collections.abc import Mapping
from typing import Any

_COLUMN = ("column",)
_ROWS = ("column", "mostly")
_PAIR = ("column_A", "column_B", "mostly", "ignore_row_if")
_LIST = ("column_list", "mostly", "ignore_row_if")
_RANGE = ("min_value", "max_value")
_STRICT_RANGE = (*_RANGE, "strict_min", "strict_max")

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "expect_column_distinct_values_to_be_in_set": (*_COLUMN, "value_set"),
    "expect_column_distinct_values_to_contain_set": (*_COLUMN, "value_set"),
    "expect_column_distinct_values_to_equal_set": (*_COLUMN, "value_set"),
    "expect_column_kl_divergence_to_be_less_than": (
        *_COLUMN,
        "partition_object",
        "threshold",
        "internal_weight_holdout",
        "tail_weight_holdout",
        "bucketize_data",
        *_RANGE,
    ),
    "expect_column_max_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_mean_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_median_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_min_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_most_common_value_to_be_in_set": (*_COLUMN, "value_set", "ties_okay"),
    "expect_column_pair_values_a_to_be_greater_than_b": (*_PAIR, "or_equal"),
    "expect_column_pair_values_to_be_equal": _PAIR,
    "expect_column_pair_values_to_be_in_set": (*_PAIR, "value_pairs_set"),
    "expect_column_proportion_of_non_null_values_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_proportion_of_unique_values_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_quantile_values_to_be_between": (*_COLUMN, "quantile_ranges", "allow_relative_error"),
    "expect_column_stdev_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_sum_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_to_exist": (*_COLUMN, "column_index"),
    "expect_column_type_to_be": (*_COLUMN, "type_"),
    "expect_column_unique_value_count_to_be_between": (*_COLUMN, *_STRICT_RANGE),
    "expect_column_value_lengths_to_be_between": (*_ROWS, *_STRICT_RANGE),
    "expect_column_value_lengths_to_equal": (*_ROWS, "value"),
    "expect_column_value_z_scores_to_be_less_than": (*_ROWS, "threshold", "double_sided"),
    "expect_column_values_to_be_between": (*_ROWS, *_STRICT_RANGE),
    "expect_column_values_to_be_dateutil_parseable": _ROWS,
    "expect_column_values_to_be_decreasing": (*_ROWS, "strictly"),
    "expect_column_values_to_be_in_set": (*_ROWS, "value_set"),
    "expect_column_values_to_be_in_type_list": (*_ROWS, "type_list"),
    "expect_column_values_to_be_increasing": (*_ROWS, "strictly"),
    "expect_column_values_to_be_json_parseable": _ROWS,
    "expect_column_values_to_be_null": _ROWS,
    "expect_column_values_to_be_of_type": (*_ROWS, "type_"),
    "expect_column_values_to_be_unique": _ROWS,
    "expect_column_values_to_match_json_schema": (*_ROWS, "json_schema"),
    "expect_column_values_to_match_regex": (*_ROWS, "regex"),
    "expect_column_values_to_match_regex_list": (*_ROWS, "regex_list", "match_on"),
    "expect_column_values_to_match_strftime_format": (*_ROWS, "strftime_format"),
    "expect_column_values_to_not_be_in_set": (*_ROWS, "value_set"),
    "expect_column_values_to_not_be_null": _ROWS,
    "expect_column_values_to_not_be_outliers": (*_ROWS, "method", "multiplier"),
    "expect_column_values_to_not_match_regex": (*_ROWS, "regex"),
    "expect_column_values_to_not_match_regex_list": (*_ROWS, "regex_list"),
    "expect_compound_columns_to_be_unique": _LIST,
    "expect_multicolumn_sum_to_equal": (*_LIST, "sum_total"),
    "expect_multicolumn_values_to_be_equal": _LIST,
    "expect_select_column_values_to_be_unique_within_record": _LIST,
    "expect_table_column_count_to_be_between": _RANGE,
    "expect_table_column_count_to_equal": ("value",),
    "expect_table_columns_to_match_ordered_list": ("column_list",),
    "expect_table_columns_to_match_set": ("column_set", "exact_match"),
    "expect_table_row_count_to_be_between": _STRICT_RANGE,
    "expect_table_row_count_to_equal": ("value",),
}


def columns_read(name: str, arguments: Mapping[str, Any]) -> list[str]:
    """The columns whose values an expectation reads; an expectation about the column names reads none.

    >>> columns_read("expect_column_pair_values_to_be_equal", {"column_A": "a", "column_B": "b"})
    ['a', 'b']
    """
    if name.startswith("expect_table_"):
        return []
    column_list = arguments.get("column_list", [])
    single = [arguments[a] for a in ("column", "column_A", "column_B") if a in arguments]
    return single + (column_list if isinstance(column_list, list) else [])
