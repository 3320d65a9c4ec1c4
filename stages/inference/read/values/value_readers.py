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
            return NumberReader(schema.notation, missing, column.whole)
        case "boolean":
            return TruthReader(missing)
        case "time":
            is_time = column.name == schema.time
            return TimeReader(missing, schema.time_format if is_time else None, required=is_time)
        case _:
            return TextReader(missing)
