"""Rows of a Parquet file. It needs PyArrow, which the rest of inference does not."""

from typing import Any

from stages.core.errors import UserError


def import_pyarrow() -> Any:
    """Raises UserError if PyArrow is not installed."""
    try:
        import pyarrow
    except ImportError:
        raise UserError("Parquet needs PyArrow; install pyarrow, or use CSV or JSON lines") from None
    return pyarrow
