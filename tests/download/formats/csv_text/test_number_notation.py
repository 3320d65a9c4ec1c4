import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.download.formats.csv_text.number_notation import NumberNotation

NOTATIONS = [
    NumberNotation(decimal, thousands, signs, negative_in_parentheses=parentheses)
    for decimal in ".,"
    for thousands in (None, ".", ",", " ", "'")
    for signs in ((), ("%", "$", "US$"))
    for parentheses in (False, True)
    if decimal != thousands
]


def written(number: float, notation: NumberNotation) -> str:
    """As Python writes it with commas for thousands, in this notation."""
    text = f"{number:,.4f}" if notation.thousands else f"{number:.4f}"
    text = text.translate({ord(","): notation.thousands or "", ord("."): notation.decimal})
    if notation.negative_in_parentheses and text.startswith("-"):
        text = f"({text[1:]})"
    return f"{text} {notation.signs[0]}" if notation.signs else text


@given(st.floats(-1e12, 1e12), st.sampled_from(NOTATIONS))
def test_a_written_number_is_read_back(number: float, notation: NumberNotation) -> None:
    text = written(number, notation)
    if notation.signs and text.startswith("("):
        text = f"({text[1:].replace(') %', ' %)')}"
    assert re.fullmatch(notation.pattern, text)
    assert float(notation.plain(text)) == float(f"{number:.4f}")


@pytest.mark.parametrize(
    ("notation", "texts"),
    [
        (NumberNotation(), ["", "1,5", "1 000", "12%", "(3)", "--1", "1-", "0x10", "inf", "1e", ".", "1.2.3", "٣"]),
        (NumberNotation(thousands=","), ["1,20", "1,2000", "0,125", ",100", "1,,000", "12,00.5"]),
        (NumberNotation(decimal=",", thousands="."), ["1.5", "1.50,0", "1,500.0"]),
        (NumberNotation(signs=("$", "%")), ["$", "$5%", "$$5", "5$5", "$-", "-$-5"]),
        (NumberNotation(negative_in_parentheses=True), ["(3", "3)", "(-3)", "((3))", "()"]),
    ],
)
def test_other_texts_are_no_numbers(notation: NumberNotation, texts: list[str]) -> None:
    assert [text for text in texts if re.fullmatch(notation.pattern, text)] == []
