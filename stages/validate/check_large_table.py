"""What cannot be judged of a table that is larger than memory is refused before the work."""

from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import ErrorList
from stages.validate.expectations.dataset_expectations import conf_expectations
from stages.validate.expectations.measure_blocks import REFUSED
from stages.validate.params import Validate


def check_large_table(table: Table, params: Validate) -> None:
    """Raises UserError with everything that needs all rows in memory at once."""
    errors = ErrorList()
    largest = max(table.sizes.values())
    why = f"needs all rows in one block, and this table has {largest:,} rows in several blocks"
    for expectation in conf_expectations(params):
        errors.check(
            expectation.name not in REFUSED,
            f"validate.expectations: {expectation.name}({', '.join(expectation.columns)}) {why}; remove it, or use "
            "expect_column_values_to_be_between with limits of your own",
        )
    errors.check(
        params.near_duplicates.across_splits != "fail" or table.kind == "series",
        f"validate.near_duplicates.across_splits: fail {why}; set it to report or off. Equal rows are found "
        "whatever it says",
    )
    errors.raise_if_any()
