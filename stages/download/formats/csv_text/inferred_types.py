"""The type of each column of a file: what Arrow infers, and columns of which that may be wrong.

A file is looked at in pieces of rows. The types are those of the whole file, however it is divided.
"""

from dataclasses import dataclass, field

import pyarrow as pa
from pyarrow import compute

from stages.download.formats.csv_text.digits import LARGEST_EXACT_FLOAT, Digits, largest_number
from stages.download.params.csv_params import Csv

LARGEST_INTEGER = float(1 << 63)
# What Arrow reads as truth values.
TRUTH_VALUES = pa.array(["1", "True", "TRUE", "true", "0", "False", "FALSE", "false"])


@dataclass
class InferredColumn:
    """What Arrow infers of the values of a column, piece by piece."""

    types: set[pa.DataType] = field(default_factory=set)
    rows: int = 0
    gaps: int = 0
    largest: float = 0

    def add(self, values: pa.ChunkedArray) -> None:
        self.types |= {values.type} - {pa.null()}
        self.rows += len(values)
        self.gaps += values.null_count
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            self.largest = max(self.largest, largest_number(values))

    @property
    def type(self) -> pa.DataType:
        """The one of the whole column. Arrow reads 1 and true as truth values, and 1 and 0.5 as numbers."""
        if len(self.types) < 2:
            return next(iter(self.types), pa.null())
        if self.types == {pa.int64(), pa.float64()}:
            return pa.float64()
        return pa.bool_() if self.types == {pa.int64(), pa.bool_()} else pa.string()

    def is_unsure(self, params: Csv, leading_zeros: bool, hexadecimal: bool) -> bool:
        """Whether the texts are needed. The file may have digits that begin with 0, or numbers such as 0x10."""
        found = self.type
        if pa.types.is_null(found) or pa.types.is_boolean(found):
            return len(self.types) > 1
        if not params.plain_numbers:
            return True
        if pa.types.is_integer(found):
            return leading_zeros or (self.gaps > 0 and self.largest > LARGEST_EXACT_FLOAT)
        is_mixed = hexadecimal and len(self.types) > 1
        return pa.types.is_floating(found) and (is_mixed or self.largest >= LARGEST_INTEGER)


@dataclass
class InferredTexts:
    """Whether the texts of an unsure column of plain numbers are what Arrow inferred."""

    digits: Digits = field(default_factory=Digits)
    only_truth_values: bool = True
    hexadecimal: bool = False

    def add(self, texts: pa.ChunkedArray) -> None:
        self.digits.add(texts)
        known = compute.is_in(texts.drop_null(), value_set=TRUTH_VALUES)
        self.only_truth_values = self.only_truth_values and compute.all(known).as_py() is not False
        is_hexadecimal = compute.any(compute.match_substring_regex(texts, "^[ \t]*-?0[xX]")).as_py()
        self.hexadecimal = self.hexadecimal or bool(is_hexadecimal)

    def type(self, inferred: InferredColumn) -> pa.DataType:
        found = inferred.type
        if pa.types.is_boolean(found):
            return found if self.only_truth_values else pa.string()
        # Arrow reads 0x10 as a whole number, and not as one with a fraction.
        is_mixed = self.hexadecimal and len(inferred.types) > 1
        return pa.string() if is_mixed or self.digits.would_be_lost else found
