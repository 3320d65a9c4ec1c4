"""What cannot be judged of a table that is larger than memory is refused before the work."""

from stages.core.errors import ErrorList
from stages.validate.expectations.dataset_expectations import conf_expectations
from stages.validate.params import Validate

KL_DIVERGENCE = "expect_column_kl_divergence_to_be_less_than"


def check_large_table(params: Validate) -> None:
    """Raises UserError for expectations whose bins would be found in all rows at once."""
    errors = ErrorList()
    for expectation in conf_expectations(params):
        errors.check(
            expectation.name != KL_DIVERGENCE or expectation.arguments.get("partition_object") is not None,
            f"validate.expectations: {expectation.name}({', '.join(expectation.columns)}): without partition_object a "
            "column is compared with itself; give bins or values, and their weights",
        )
    errors.raise_if_any()
