import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.core.text_values.number_notation import NumberNotation

NOTATIONS = [
    NumberNotation(
        decimal,
        thousands,
        signs,
        negative_in_parentheses=parentheses,
        suffixes=(("k", 1000),),
        trailing_minus=True,
        typographic_minus=True,
    )
    for decimal in ".,"
    for thousands in (None, ".", ",", " ", "'")
    for signs in ((), ("%", "$", "US$"))
    for parentheses in (False, True)
    if decimal != thousands
]
INDIAN = NumberNotation(thousands=",", grouping="indian")
SUFFIXES = NumberNotation(suffixes=(("k", 1000), ("M", 10**6), ("Ki", 1024), ("dozen", 12)), signs=("$", "B"))
TRAILING = NumberNotation(trailing_minus=True, signs=("€",))
TYPOGRAPHIC = NumberNotation(typographic_minus=True, trailing_minus=True)


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
        (NumberNotation(thousands=","), ["12,34,567", "1,00,000"]),
        (INDIAN, ["1,234,567", "123,456", "12,34", "0,12,345", "1,2,345", "12,345,67"]),
        (SUFFIXES, ["k", "1kk", "1e3k", "1m", "1 k k", "1kM", "$k", "k1"]),
        (TRAILING, ["-5-", "--5", "5--", "-", "5-6", "\u22125"]),
        (TYPOGRAPHIC, ["\u2212", "\u2212-5", "\u20135", "\u22125\u2212"]),
        (NumberNotation(), ["\u22125", "5-", "5k"]),
    ],
)
def test_other_texts_are_no_numbers(notation: NumberNotation, texts: list[str]) -> None:
    assert [text for text in texts if re.fullmatch(notation.pattern, text)] == []


@pytest.mark.parametrize(
    ("notation", "text", "number"),
    [
        (INDIAN, "12,34,567", 1234567),
        (INDIAN, "-1,00,00,000.25", -10000000.25),
        (INDIAN, "99,999", 99999),
        (INDIAN, "1234567", 1234567),
        (SUFFIXES, "1.2M", 1200000),
        (SUFFIXES, "-3 k", -3000),
        (SUFFIXES, "$1.1k", 1100),
        (SUFFIXES, "2 dozen", 24),
        (SUFFIXES, "1.5Ki B", 1536),
        (SUFFIXES, "7 B", 7),
        (SUFFIXES, "1e3", 1000),
        (NumberNotation(suffixes=(("k", 1000),), signs=("kg",)), "5 kg", 5),
        (NumberNotation(suffixes=(("k", 1000),), negative_in_parentheses=True), "(5 k)", -5000),
        (NumberNotation(",", ".", suffixes=(("k", 1000),), trailing_minus=True), "1.234,5k-", -1234500),
        (TRAILING, "12.5-", -12.5),
        (TRAILING, "12.5 - €", -12.5),
        (TRAILING, "€ 12.5-", -12.5),
        (TRAILING, "-12.5", -12.5),
        (TYPOGRAPHIC, "\u22125", -5),
        (TYPOGRAPHIC, "5\u2212", -5),
        (TYPOGRAPHIC, "1e\u22122", 0.01),
        (TYPOGRAPHIC, "-5", -5),
    ],
)
def test_the_number_that_a_text_means(notation: NumberNotation, text: str, number: float) -> None:
    assert re.fullmatch(notation.pattern, text)
    assert notation.value(text) == number


@given(st.integers(-(10**7), 10**7))
def test_a_suffix_moves_the_decimal_point(thousandths: int) -> None:
    """The product is exact, where that of floats has a wrong last bit: 1.001 * 1000."""
    assert SUFFIXES.value(f"{thousandths / 1000:.3f}k") == thousandths
