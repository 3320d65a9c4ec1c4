"""What cannot be judged of a table that is larger than memory is refused before the work."""

from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import ErrorList
from stages.validate.expectations.dataset_expectations import conf_expectations
from stages.validate.params import Validate

KL_DIVERGENCE = "expect_column_kl_divergence_to_be_less_than"


def check_large_table(table: Table, params: Validate) -> None:
    """Raises UserError with everything that needs all rows in memory at once."""
    errors = ErrorList()
    largest = max(table.sizes.values())
    why = f"needs all rows in one block, and this table has {largest:,} rows in several blocks"
    for expectation in conf_expectations(params):
        errors.check(
            expectation.name != KL_DIVERGENCE or expectation.arguments.get("partition_object") is not None,
            f"validate.expectations: {expectation.name}({', '.join(expectation.columns)}): without partition_object a "
            "column is compared with itself; give bins or values, and their weights",
        )
    errors.check(
        params.near_duplicates.across_splits != "fail" or table.kind == "series",
        f"validate.near_duplicates.across_splits: fail {why}; set it to report or off. Equal rows are found "
        "whatever it says",
    )
    errors.raise_if_any()
