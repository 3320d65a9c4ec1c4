"""Columns of numbers in any notation, and digits that are no numbers."""

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
from pyarrow import compute

from stages.core.columns.private_values import PRIVATE
from stages.core.errors import UserError, format_examples
from stages.core.text_values.number_notation import TYPOGRAPHIC_MINUS, NumberNotation
from stages.download.params.csv_params import Csv

# Larger whole numbers are rounded as float64, which is the type of a column with missing values.
LARGEST_EXACT_FLOAT = 1 << 53
LARGEST_INTEGER = float(1 << 63)


def unsure_columns(table: pa.Table, params: Csv, text: Mapping[str, pa.DataType], leading_zeros: bool) -> list[str]:
    """The columns whose type Arrow may have inferred wrongly, so that their texts are needed.

    `text` are the columns that were read as text. `leading_zeros` says that the file may have digits that begin with 0.
    """
    names = [name for name in table.column_names if name not in text]
    return [
        name for name in names if params.types.get(name) == "number" or _is_unsure(table[name], params, leading_zeros)
    ]


def _is_unsure(column: pa.ChunkedArray, params: Csv, leading_zeros: bool) -> bool:
    if pa.types.is_boolean(column.type) or pa.types.is_null(column.type):
        return False
    if pa.types.is_temporal(column.type) or not params.plain_numbers:
        return True
    if pa.types.is_integer(column.type):
        return leading_zeros or (column.null_count > 0 and _largest(column) > LARGEST_EXACT_FLOAT)
    return pa.types.is_floating(column.type) and _largest(column) >= LARGEST_INTEGER


def _largest(column: pa.ChunkedArray) -> float:
    ends = compute.min_max(column).as_py()
    return max((abs(end) for end in ends.values() if end is not None), default=0)


def typed_column(
    name: str, texts: pa.ChunkedArray, inferred: pa.ChunkedArray, params: Csv, private: bool = False
) -> pa.ChunkedArray:
    """The column as numbers or as text. Raises UserError if it was meant to be numbers and some values are not."""
    is_forced = params.types.get(name) == "number"
    if pa.types.is_temporal(inferred.type) and params.plain_numbers and not is_forced:
        # Only the column that `time` names is converted, and later.
        return texts
    if params.plain_numbers and not is_forced:
        return texts if _loses_digits(texts) else inferred
    notation = NumberNotation.of(params)
    others = _rows_without_a_number(texts, notation)
    present = len(texts) - texts.null_count
    if others and (is_forced or 2 * len(others) < present):
        raise UserError(_describe_others(name, texts, others, private))
    if others or not present:
        return texts
    _check_one_sign(name, texts, notation)
    if notation.suffixes and _rows_without_a_number(texts, replace(notation, suffixes=())):
        return _multiplied_numbers(texts, notation)
    plain = _plain_texts(texts, notation)
    if is_forced:
        return _as_numbers(plain)
    return texts if _loses_digits(plain) else _as_numbers(plain)


def _rows_without_a_number(texts: pa.ChunkedArray, notation: NumberNotation) -> list[int]:
    is_number = compute.match_substring_regex(texts, f"^(?:{notation.pattern})$")
    return compute.indices_nonzero(compute.invert(is_number)).to_pylist()  # type: ignore[no-any-return]


def _describe_others(name: str, texts: pa.ChunkedArray, rows: list[int], private: bool) -> str:
    present = len(texts) - texts.null_count
    examples = format_examples(f"row {row + 1} {PRIVATE if private else repr(texts[row].as_py())}" for row in rows)
    return (
        f"column {name!r}: {len(rows)} of {present} values are not numbers as format describes them: {examples}; "
        f"correct them, list the texts for missing values in format.missing, or set format.types: {{{name}: text}}"
    )


def _check_one_sign(name: str, texts: pa.ChunkedArray, notation: NumberNotation) -> None:
    """Without their signs, dollars and euros would be the same numbers."""
    if not notation.signs:
        return
    found = compute.extract_regex(texts, f"(?P<sign>{notation.sign_pattern})")
    signs = [sign for sign in compute.unique(compute.struct_field(found, "sign")).to_pylist() if sign]
    if len(signs) > 1:
        raise UserError(
            f"column {name!r}: values with different signs, {format_examples(map(repr, sorted(signs)))}; give each its "
            f"own column, or set format.types: {{{name}: text}}"
        )


def _plain_texts(texts: pa.ChunkedArray, notation: NumberNotation) -> pa.ChunkedArray:
    """The numbers as in code, as `NumberNotation.plain` gives them."""
    if notation.typographic_minus:
        texts = compute.replace_substring(texts, TYPOGRAPHIC_MINUS, "-")
    plain = compute.replace_substring_regex(texts, notation.removed_pattern, "")
    if notation.decimal != ".":
        plain = compute.replace_substring(plain, notation.decimal, ".")
    if notation.negative_in_parentheses:
        negative = compute.binary_join_element_wise("-", plain, "")
        plain = compute.if_else(compute.match_substring(texts, "("), negative, plain)
    if notation.trailing_minus:
        plain = compute.replace_substring_regex(plain, "^([^-].*)-$", r"-\1")
    return plain


def _multiplied_numbers(texts: pa.ChunkedArray, notation: NumberNotation) -> pa.ChunkedArray:
    """Numbers of which some have a suffix. Each different text is converted once."""
    different = compute.drop_null(texts.unique())
    numbers = pa.array([notation.value(text) for text in different.to_pylist()], pa.float64())
    return pa.chunked_array([compute.take(numbers, compute.index_in(chunk, different)) for chunk in texts.chunks])


def _loses_digits(texts: pa.ChunkedArray) -> bool:
    """Whether these are digits with leading zeros, or whole numbers that would be rounded."""
    whole = compute.utf8_trim_whitespace(texts)
    if not _all_match(whole, r"^[-+]?\d+$"):
        return False
    if _all_match(whole, r"^\d+$") and compute.any(compute.match_substring_regex(whole, r"^0\d")).as_py():
        return True
    try:
        numbers = compute.utf8_ltrim(whole, "+").cast(pa.int64())
    except pa.ArrowInvalid:
        return True
    return numbers.null_count > 0 and _largest(numbers) > LARGEST_EXACT_FLOAT


def _as_numbers(plain: pa.ChunkedArray) -> pa.ChunkedArray:
    if _all_match(plain, r"^-?\d+$"):
        try:
            return plain.cast(pa.int64())
        except pa.ArrowInvalid:  # a larger number
            return plain.cast(pa.float64())
    return plain.cast(pa.float64())


def _all_match(texts: pa.ChunkedArray, pattern: str) -> bool:
    return compute.all(compute.match_substring_regex(texts, pattern)).as_py() is not False
