"""The profile of a raw dataset: statistics of each column, written by validate and accepted by the user.

It holds counts, and values that occur in the data. Nothing is summed or interpolated, so the same data give the same
bytes on every machine.
"""

import json
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from stages.core.errors import MAX_EXAMPLES, UserError, format_examples
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.params import Params
from stages.core.parameters.validation_errors import parameter_errors, type_adapter

QUANTILES = 20
MAX_CLASSES = 50
# Of thousands of columns.
MAX_PROFILE_BYTES = 8_000_000
# The guard's copy of the accepted profile if no profile was accepted yet.
NO_PROFILE = "{}\n"


def _check_ascending(values: list[Any]) -> list[Any]:
    if any(a > b for a, b in pairwise(values)):
        raise ValueError("should ascend")
    return values


def _check_time(text: str) -> str:
    with suppress(ValueError):
        if datetime.fromisoformat(text).tzinfo is None:
            return text
    raise ValueError(f"should be like 2020-01-31 or 2020-01-31T12:30:00; received {text!r}")


Count = Annotated[int, Field(ge=0)]
_QuantileLength = Field(min_length=QUANTILES + 1, max_length=QUANTILES + 1)
_Ascending = AfterValidator(_check_ascending)


class EmptyColumn(Params):
    """A column in which all values are missing."""

    name: str
    kind: Literal["empty"]
    missing: Count

    @property
    def present(self) -> int:
        return 0


class ClassColumn(Params):
    """The rows of each of the most frequent classes, and of all `others` together."""

    name: str
    kind: Literal["class"]
    missing: Count
    distinct: Count
    counts: Annotated[list[tuple[str, Count]], Field(max_length=MAX_CLASSES)]
    others: Count

    @property
    def present(self) -> int:
        return sum(count for _, count in self.counts) + self.others


class QuantileColumn(Params):
    """`quantiles` are values that occur in the data, from the minimum to the maximum.

    `cumulative_counts` are the numbers of rows with at most that value.
    """

    name: str
    kind: str
    missing: Count
    quantiles: list[Any]
    cumulative_counts: Annotated[list[Annotated[int, Field(ge=1)]], _QuantileLength, _Ascending]

    @property
    def present(self) -> int:
        return self.cumulative_counts[-1]


class NumberColumn(QuantileColumn):
    """Numbers, the numbers of characters of texts, or the mean pixels of pictures."""

    kind: Literal["number", "text", "picture"]
    quantiles: Annotated[list[float], _QuantileLength, _Ascending]


class DateColumn(QuantileColumn):
    """Dates or times, in UTC."""

    kind: Literal["date"]
    quantiles: Annotated[list[Annotated[str, AfterValidator(_check_time)]], _QuantileLength, _Ascending]


Column = Annotated[EmptyColumn | ClassColumn | NumberColumn | DateColumn, Field(discriminator="kind")]


class Profile(Params):
    """`files` are the names and hashes of the raw data's files, which identify the data of this profile."""

    rows: Count
    files: dict[str, str]
    columns: list[Column]

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        wrong = [column.name for column in self.columns if column.present + column.missing != self.rows]
        if wrong:
            raise ValueError(f"the counts of {format_examples(wrong)} do not add up to {self.rows} rows")
        names = [column.name for column in self.columns]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"column {format_examples(map(repr, repeated))} occurs more than once")
        return self


def profile_text(profile: Profile) -> str:
    """JSON with one line for each column, so that a diff shows the columns that changed."""
    files = _json_line(dict(sorted(profile.files.items())))
    columns = ",\n".join(f"    {_json_line(column.model_dump(mode='json'))}" for column in profile.columns)
    return f'{{\n  "rows": {profile.rows},\n  "files": {files},\n  "columns": [\n{columns}\n  ]\n}}\n'


def _json_line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def read_profile(path: Path, solution: str) -> Profile:
    """Raises UserError with the errors in the file, each followed by the `solution`: what the user can do."""
    check_is_file(path, MAX_PROFILE_BYTES)
    try:
        profile: Profile = type_adapter(Profile).validate_json(path.read_bytes())
        return profile
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            messages = [f"not JSON ({first['ctx']['error']})"]
        else:
            messages = [str(found).removeprefix(": ") for found in parameter_errors(Profile, error)[:MAX_EXAMPLES]]
        raise UserError(*(f"{path}: {message}; {solution}" for message in messages)) from None
