"""Types of parameters that formats of tables share."""

from typing import Annotated, Literal

from pydantic import AfterValidator


def _check_encoding(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        raise ValueError(f"no encoding {encoding!r}; for example utf-8, latin-1, cp1252, utf-16") from None
    return encoding


Encoding = Annotated[str, AfterValidator(_check_encoding)]
# What the values of a column are read as, whatever they look like.
ColumnTypes = dict[str, Literal["number", "text"]]
