"""The reader for each column of a schema."""

from collections.abc import Sequence

from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.values.read_numbers import NumberReader
from stages.inference.read.values.read_pictures import ImageReader, PictureReader
from stages.inference.read.values.read_texts import TextReader
from stages.inference.read.values.read_times import TimeReader
from stages.inference.read.values.read_truth_values import TruthReader
from stages.inference.read.values.read_values import ValueReader
from stages.inference.read.values.read_words import WordReader


def value_reader(
    column: InputColumn, schema: InputSchema, missing: Sequence[str], files: NamedFiles | None = None
) -> ValueReader:
    """`missing` are the texts that stand for a gap in the format that is read, and `files` are those of paths."""
    match column.type:
        case "number":
            return NumberReader(schema.notation, missing, column.whole, column.single_precision)
        case "boolean":
            return TruthReader(missing)
        case "time":
            is_time = column.name == schema.time
            time_format = schema.time_format if is_time else None
            return TimeReader(missing, time_format, required=is_time and schema.kind == "series")
        case "picture":
            return ImageReader(column) if schema.kind == "images" else PictureReader(column, files, missing)
        case "words":
            return WordReader(schema)
        case "text":
            return TextReader(missing)
