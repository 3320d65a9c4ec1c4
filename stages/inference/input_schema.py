"""What the rows look like that a model takes: its raw columns, and how their values are written."""

from typing import Literal

from pydantic import Field

from stages.core.artefacts.records.record import Record

INPUT_SCHEMA_FILE = "input_schema.json"

ColumnType = Literal["number", "boolean", "text", "time", "picture", "words"]


class NumberRange(Record):
    """The smallest, the middle and the largest training value."""

    minimum: float
    median: float
    maximum: float


class InputColumn(Record):
    """One raw column that the model needs.

    `type` is that of the raw data: a category can be a number. `words` are texts of a dataset of word numbers.
    `can_be_missing` says that preprocess fills its gaps. `choices` are the categories of the training rows, where
    there are few; they and `range` are None for a private column, and where they do not apply.
    `shape` is the height, width and channels of pictures.
    """

    name: str
    type: ColumnType
    can_be_missing: bool = False
    private: bool = False
    choices: list[str] | None = None
    range: NumberRange | None = None
    date_format: str | None = None
    shape: list[int] | None = None


class TextNotation(Record):
    """How a CSV file of the dataset's source writes its values. The names are those of download.format."""

    separator: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    missing: list[str] = ["", "NA", "N/A", "NaN", "nan", "null", "?"]
    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " ", "'"] | None = None
    signs: list[str] = []
    negative_in_parentheses: bool = False
    grouping: Literal["international", "indian"] = "international"
    suffixes: dict[str, float] = {}
    trailing_minus: bool = False
    typographic_minus: bool = False


class InputSchema(Record):
    """`time` is the column of times of a series, and `time_format` how a file writes them.

    A series needs `rows` rows in the order of time, the last of which is the origin of the forecast.
    `words` maps the words of a dataset of word numbers to their numbers.
    """

    format_version: Literal[1] = 1
    key: str
    kind: Literal["table", "series", "images", "tokens"]
    columns: list[InputColumn]
    notation: TextNotation = TextNotation()
    time: str | None = None
    time_format: str | None = None
    rows: int = Field(default=1, ge=1)
    words: dict[str, int] | None = None

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]
