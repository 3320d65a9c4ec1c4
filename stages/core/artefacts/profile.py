"""The profile of a raw data set: a few figures a column, as validate writes it and as a person accepts it.

Counts, and values that occur in the data: nothing is summed or interpolated, so the same data give the same bytes
everywhere.
"""

import json
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from stages.core.errors import MAX_EXAMPLES, UserError, format_examples
from stages.core.params import Params
from stages.core.validation_errors import parameter_errors, type_adapter

QUANTILES = 20
MOST_FREQUENT = 50
# What the guard hands on where nothing was accepted yet.
NO_PROFILE = "{}\n"


def _ascending(values: list[Any]) -> list[Any]:
    if any(a > b for a, b in pairwise(values)):
        raise ValueError("should ascend")
    return values


def _moment(text: str) -> str:
    with suppress(ValueError):
        if datetime.fromisoformat(text).tzinfo is None:
            return text
    raise ValueError(f"should be like 2020-01-31 or 2020-01-31T12:30:00; received {text!r}")


Count = Annotated[int, Field(ge=0)]
_ONE_A_STEP = Field(min_length=QUANTILES + 1, max_length=QUANTILES + 1)
_UpTo = Annotated[list[Annotated[int, Field(ge=1)]], _ONE_A_STEP, AfterValidator(_ascending)]


class EmptyColumn(Params):
    """A column without a single value."""

    name: str
    kind: Literal["empty"]
    missing: Count

    @property
    def present(self) -> int:
        return 0


class ClassColumn(Params):
    """How often each class occurs: the most frequent ones by name, and how many rows the `others` have together."""

    name: str
    kind: Literal["class"]
    missing: Count
    distinct: Count
    counts: Annotated[list[tuple[str, Count]], Field(max_length=MOST_FREQUENT)]
    others: Count

    @property
    def present(self) -> int:
        return sum(count for _, count in self.counts) + self.others


class NumberColumn(Params):
    """`quantiles` are values that occur in the data, minimum and maximum included.

    `cumulative_counts` are the numbers of rows up to each quantile.

    For texts, the values are the numbers of their characters.
    """

    name: str
    kind: Literal["number", "text"]
    missing: Count
    quantiles: Annotated[list[float], _ONE_A_STEP, AfterValidator(_ascending)]
    cumulative_counts: _UpTo

    @property
    def present(self) -> int:
        return self.cumulative_counts[-1]


class DateColumn(Params):
    """The same for days and moments, in UTC."""

    name: str
    kind: Literal["date"]
    missing: Count
    quantiles: Annotated[list[Annotated[str, AfterValidator(_moment)]], _ONE_A_STEP, AfterValidator(_ascending)]
    cumulative_counts: _UpTo

    @property
    def present(self) -> int:
        return self.cumulative_counts[-1]


Column = Annotated[EmptyColumn | ClassColumn | NumberColumn | DateColumn, Field(discriminator="kind")]


class Profile(Params):
    """`files` are those of the raw data with their hashes: they tell which data this is a profile of."""

    rows: Count
    files: dict[str, str]
    columns: list[Column]

    @model_validator(mode="after")
    def _of_one_table(self) -> Self:
        wrong = [c.name for c in self.columns if c.present + c.missing != self.rows]
        if wrong:
            raise ValueError(f"the counts of {format_examples(wrong)} do not add up to {self.rows} rows")
        names = [c.name for c in self.columns]
        if len(set(names)) < len(names):
            raise ValueError("a column is there twice")
        return self


def profile_text(profile: Profile) -> str:
    """JSON with a line for each column, so that a diff shows the columns that changed."""
    files = _line(dict(sorted(profile.files.items())))
    columns = ",\n".join(f"    {_line(column.model_dump(mode='json'))}" for column in profile.columns)
    return f'{{\n  "rows": {profile.rows},\n  "files": {files},\n  "columns": [\n{columns}\n  ]\n}}\n'


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def read_profile(file: Path, mend: str) -> Profile:
    """`mend` says what to do about one that is not as it should be."""
    try:
        profile: Profile = type_adapter(Profile).validate_json(file.read_bytes())
        return profile
    except ValidationError as error:
        raise UserError(*(f"{file}: {fault}; {mend}" for fault in _faults(error))) from None


def _faults(error: ValidationError) -> list[str]:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return [f"not JSON ({first['ctx']['error']})"]
    return [str(problem).removeprefix(": ") for problem in parameter_errors(Profile, error)][:MAX_EXAMPLES]
