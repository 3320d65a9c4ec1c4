"""What is expected of a dataset's raw data."""

from typing import Any, Literal

from pydantic import Field, field_validator

from stages.core.errors import nearest
from stages.core.params import Params
from stages.validate.names import EXPECTATIONS


class Validate(Params):
    """`columns` is the exact set; `expectations` are Great Expectations' own, by name.

    Every column must be free of missing values unless `may_be_missing` names it.
    """

    columns: list[str] | None = None
    may_be_missing: list[str] = []
    expectations: list[dict[str, dict[str, Any]]] = []
    duplicates_across_splits: Literal["fail", "report"] = "fail"
    offending_rows: int = Field(default=5, ge=1, le=5)

    @field_validator("expectations")
    @classmethod
    def _one_known_name_each(cls, listed: list[dict[str, dict[str, Any]]]) -> list[dict[str, dict[str, Any]]]:
        for entry in listed:
            if len(entry) != 1:
                raise ValueError(f"each entry is one `name: {{arguments}}`; received {sorted(entry)}")
            name = next(iter(entry))
            if name not in EXPECTATIONS:
                raise ValueError(f"no expectation {name!r}; {nearest(name, EXPECTATIONS)}")
        return listed
