"""The record of `restage refresh`: how the data differ from those of the record before. It holds counts, no values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from stages.core.errors import UserError
from stages.core.files.atomic_write import json_text
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.params import Params
from stages.core.parameters.validation_errors import dotted_path, type_adapter

MAX_BYTES = 1_000_000
# The guard's copy of the record if the data were never refreshed.
NO_REFRESH = "{}\n"
Count = Annotated[int, Field(ge=0)]


class RowChanges(Params):
    """Numbers of rows. `changed` rows have the same key as before and other values.

    Rows that `moved_out` are in another split now, and those that `moved_in` were in another split before.
    """

    before: Count
    now: Count
    same: Count
    changed: Count
    gone: Count
    added: Count
    moved_out: Count = 0
    moved_in: Count = 0

    @model_validator(mode="after")
    def _check_sums(self) -> Self:
        stayed = self.same + self.changed
        if self.before != stayed + self.gone + self.moved_out or self.now != stayed + self.added + self.moved_in:
            raise ValueError(f"the counts do not add up to {self.before} rows before and {self.now} now")
        return self


class RefreshRecord(Params):
    """`hashes` are those in conf that the refresh wrote, and `split` the parameters by which rows were divided.

    The counts are true as long as conf has both.
    """

    hashes: list[str]
    split: dict[str, Any]
    rows: RowChanges
    splits: dict[str, RowChanges]

    def is_of(self, download: Mapping[str, Any], preprocess: Mapping[str, Any]) -> bool:
        """Whether these parameters have the hashes of this record, and divide the rows as it says."""
        return set(self.hashes) <= set(texts_in(download)) and self.split == preprocess.get("split", {})


def texts_in(content: Any) -> list[str]:
    """All texts among the values of nested lists and mappings.

    >>> texts_in({"a": ["b", {"c": "d"}], "e": 1})
    ['b', 'd']
    """
    match content:
        case str():
            return [content]
        case dict():
            return [text for value in content.values() for text in texts_in(value)]
        case list():
            return [text for value in content for text in texts_in(value)]
        case _:
            return []


def refresh_record_text(record: RefreshRecord) -> str:
    return json_text(record.model_dump(mode="json"))


def read_refresh_record(path: Path, solution: str) -> RefreshRecord:
    """Raises UserError with the first error in the file and the `solution`: what the user can do."""
    check_is_file(path, MAX_BYTES)
    try:
        record: RefreshRecord = type_adapter(RefreshRecord).validate_json(path.read_bytes())
        return record
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UserError(f"{path}: {dotted_path(first['loc'])}: {first['msg']}; {solution}") from None
