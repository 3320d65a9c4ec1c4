"""Parameters of text with one JSON object in each line."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from stages.core.errors import format_examples
from stages.core.parameters.params import Params, TextPattern
from stages.download.params.text_params import ColumnTypes, Encoding

FieldPath = Annotated[
    str, AfterValidator(TextPattern(r"[^.]+(\.[^.]+)+", "the keys that lead to a value, such as item.price"))
]


class JsonLines(Params):
    """Text with one JSON object in each line. Its keys are the columns.

    `fields` makes columns of values in nested objects: `fields: {price: item.price}` reads the key `price` in the
    object `item`. The objects that it names are no columns themselves. A key that is not in every line is an error
    unless `optional` lists its column; lines without it then have a missing value, as for `null`. `missing` lists texts
    for missing values.

    The values of a column must be of one kind. `types` says `number` or `text` for a column: its texts are read as
    numbers, or all its values as text.
    """

    format: Literal["jsonl"]
    encoding: Encoding = "utf-8"
    fields: dict[str, FieldPath] = {}
    optional: list[str] = []
    missing: list[str] = []
    types: ColumnTypes = {}

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if repeated := sorted({column for column in self.optional if self.optional.count(column) > 1}):
            raise ValueError(f"optional names {format_examples(repeated)} more than once")
        return self
