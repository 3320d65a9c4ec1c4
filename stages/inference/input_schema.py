"""What the rows look like that a model takes: its raw columns, and how their values are written."""

from functools import cached_property
from typing import Literal

from pydantic import Field

from stages.core.artefacts.records.record import Record
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.core.text_values.csv_line import WHITESPACE, has_long_separator
from stages.core.text_values.number_notation import NumberNotation

INPUT_SCHEMA_FILE = "input_schema.json"

ColumnType = Literal["number", "boolean", "text", "time", "picture", "words"]
ISO_8601 = "ISO 8601"
DEFAULT_MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "?"]


class NumberRange(Record):
    """The smallest, the middle and the largest value of the raw data."""

    minimum: float
    median: float
    maximum: float


class InputColumn(Record):
    """One raw column that the model needs.

    `type` is that of the raw data: a category can be a number. `whole` says that all its numbers are whole numbers, and
    `single_precision` that they are of 32 bits.
    `words` are texts of a dataset of word numbers. `source_name` is the name in the files of the source, if download
    renames the column. `can_be_missing` says that preprocess fills its gaps, and `optional` that a JSON object may lack
    its key. `choices` are the categories of the training rows, where there are few; they and `range` are None for a
    private column, and where they do not apply. `date_format` is how preprocess reads texts as dates:
    a format of strptime, or ISO_8601; None if it does not.

    Of pictures, `shape` is their height, width and channels, and `decoding` is how a file becomes such an array; None
    if no file does, since the dataset has other numbers than bytes. `pixel_type` is the type of an array of images.
    `path_prefix` is what the paths of a table begin with that is not in the folder of its pictures.
    """

    name: str
    type: ColumnType
    whole: bool = False
    single_precision: bool = False
    source_name: str | None = None
    can_be_missing: bool = False
    optional: bool = False
    private: bool = False
    choices: list[str] | None = None
    range: NumberRange | None = None
    date_format: str | None = None
    shape: list[int] | None = None
    decoding: PictureDecoding | None = None
    pixel_type: str | None = None
    path_prefix: str = ""

    @property
    def is_time(self) -> bool:
        return self.type == "time" or self.date_format is not None


class TextNotation(Record):
    """How a CSV file of the dataset's source writes its values. The names are those of download.format.

    `names` are the columns of a file without a header.
    """

    separator: str = ","
    quote: str = '"'
    escape: str | None = None
    line_breaks: bool = False
    trim: bool = False
    names: list[str] | None = None
    skip_lines: int = 0
    comment: str | None = None
    encoding: str = "utf-8"
    missing: list[str] = DEFAULT_MISSING
    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " ", "'"] | None = None
    signs: list[str] = []
    negative_in_parentheses: bool = False
    grouping: Literal["international", "indian"] = "international"
    suffixes: dict[str, float] = {}
    trailing_minus: bool = False
    typographic_minus: bool = False

    @property
    def plain_numbers(self) -> bool:
        """Numbers are written as in code: 1200.5."""
        return NumberNotation.of(self) == NumberNotation()

    @property
    def changes_lines(self) -> bool:
        """Whether lines are prepared before they are divided into values."""
        is_changed = self.separator == WHITESPACE or has_long_separator(self.separator)
        return bool(is_changed or self.trim or self.comment or self.skip_lines)


class JsonNotation(Record):
    """How a JSON file of the dataset's source writes its values. The names are those of download.format.

    `missing` are texts for missing values, besides null. `fields` has the path of the columns in nested objects.
    """

    missing: list[str] = []
    fields: dict[str, str] = {}


class WordNumbers(Record):
    """The words of a dataset of word numbers.

    `words` has the word of each number that the model knows, "" for a number without a word. Each text begins with the
    number `start`.
    """

    words: list[str]
    start: int | None = None

    @cached_property
    def number_by_word(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words) if word}


class InputSchema(Record):
    """`time` is the column of times of a series, and `time_format` how a file writes them.

    A series needs `rows` rows in the order of time, the last of which is the origin of the forecast.
    `word_numbers` are those of a dataset of word numbers. Without them, new rows are numbers, too.
    `other_private` are the private columns that the model does not need, by all names that an input may have for them.
    """

    format_version: Literal[1] = 1
    key: str
    kind: Literal["table", "series", "images", "tokens"]
    columns: list[InputColumn]
    notation: TextNotation = TextNotation()
    json_notation: JsonNotation = JsonNotation()
    time: str | None = None
    time_format: str | None = None
    rows: int = Field(default=1, ge=1)
    word_numbers: WordNumbers | None = None
    other_private: list[str] = []

    @property
    def private_names(self) -> set[str]:
        """Of all columns whose values are shown nowhere."""
        return {column.name for column in self.columns if column.private} | {*self.other_private}

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]
