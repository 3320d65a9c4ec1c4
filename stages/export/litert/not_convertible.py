"""Why a model cannot be converted for LiteRT."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import shorten

MAX_REASON_LENGTH = 300
# The converter writes 'tf.Name' op, or a list of operations in a line.
_OPERATION = re.compile(r"'tf\.(\w+)' op ")
_LISTED = re.compile(r"^\s*(?:TF Select|Custom) ops?: (.+)$", re.MULTILINE)


class NotConvertibleError(Exception):
    """The model needs what LiteRT's built-in operations cannot do. The message is the reason, in a sentence."""


@contextmanager
def explain_conversion_error() -> Iterator[None]:
    """Turn any exception into NotConvertibleError: Keras, TensorFlow and its converter raise many kinds."""
    try:
        yield
    except NotConvertibleError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise NotConvertibleError(_reason(error)) from None


def _reason(error: Exception) -> str:
    message = str(error)
    if operations := _unsupported_operations(message):
        return f"LiteRT has no built-in operation for {', '.join(operations)} of TensorFlow"
    first_line = next((line for line in message.splitlines() if line.strip()), "")
    return shorten(f"{type(error).__name__}: {first_line}", MAX_REASON_LENGTH, placeholder=" ...")


def _unsupported_operations(message: str) -> list[str]:
    """
    >>> _unsupported_operations("a.py:1:1: error: 'tf.Erfinv' op is neither a custom op nor a flex op")
    ['Erfinv']
    >>> _unsupported_operations("Some ops are not supported\\nTF Select ops: Erfinv, Betainc\\nDetails:")
    ['Betainc', 'Erfinv']
    """
    listed = [name for names in _LISTED.findall(message) for name in names.split(", ")]
    return sorted({*_OPERATION.findall(message), *listed})
