"""Which types of Arrow the columns of raw data have."""

from typing import Any


def plain_type(arrow_type: Any) -> Any:
    """The type of the raw data for a column of this type: decimals are floats, and dates times."""
    import pyarrow as pa

    if pa.types.is_dictionary(arrow_type):
        return plain_type(arrow_type.value_type)
    if pa.types.is_null(arrow_type) or pa.types.is_decimal(arrow_type):
        return pa.float64()
    return pa.timestamp("us") if pa.types.is_date(arrow_type) else arrow_type


def is_text(arrow_type: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(arrow_type) or pa.types.is_large_string(arrow_type))
