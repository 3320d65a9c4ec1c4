"""The reader for each column of a schema."""

from collections.abc import Sequence

from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.read.values.read_numbers import NumberReader
from stages.inference.read.values.read_texts import TextReader
from stages.inference.read.values.read_times import TimeReader
from stages.inference.read.values.read_truth_values import TruthReader
from stages.inference.read.values.read_values import ValueReader


def value_reader(column: InputColumn, schema: InputSchema, missing: Sequence[str]) -> ValueReader:
    """`missing` are the texts that stand for a gap in the format that is read."""
    match column.type:
        case "number":
            return NumberReader(schema.notation, missing, column.whole, column.single_precision)
        case "boolean":
            return TruthReader(missing)
        case "time":
            is_time = column.name == schema.time
            time_format = schema.time_format if is_time else None
            return TimeReader(missing, time_format, required=is_time and schema.kind == "series")
        case _:
            return TextReader(missing)
