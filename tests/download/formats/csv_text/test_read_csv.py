from typing import Any

import pandas as pd
import pytest

from stages.core.errors import UserError
from tests.download.formats.csv_dialects import DIALECTS, DialectCase
from tests.download.sample_files import error_message, read_table_content


def read(content, csv=None, **options):
    """Reads text or bytes as a CSV file with these parameters."""
    content = content.encode() if isinstance(content, str) else content
    return read_table_content(content, {"format": "csv"} | (csv or {}), **options)


def test_numbers_text_and_truth_values_get_their_types():
    frame = read("i,f,t,b\n1,0.1,x,true\n2,1e-3,y,false\n")
    assert frame.dtypes.astype(str).to_dict() == {"i": "int64", "f": "float64", "t": "str", "b": "bool"}
    assert frame["f"].tolist() == [0.1, 0.001]


def test_floats_are_parsed_exactly():
    texts = ["0.1", "2.2250738585072014e-308", "123456789.12345679", "0.30000000000000004"]
    assert read("x\n" + "\n".join(texts))["x"].tolist() == [float(text) for text in texts]


@pytest.mark.parametrize(
    ("content", "csv", "options", "columns"),
    [
        ("a\n1\n2\noops\n", {}, {}, {"a": ["1", "2", "oops"]}),
        ("a,c\n1,01\n2,1\n", {}, {"classes": {"c": ["01", "1"]}}, {"a": [1, 2], "c": ["01", "1"]}),
        (
            "day,h\n2004-08-19,12:30\n2004-08-20,1:31\n",
            {},
            {},
            {"day": ["2004-08-19", "2004-08-20"], "h": ["12:30", "1:31"]},
        ),
        ("a,b,c\n1,2,3\n", {}, {"columns": ["c", "a"]}, {"c": [3], "a": [1]}),
        ("1,2\n3,4\n", {"header": False, "names": ["a", "b"]}, {}, {"a": [1, 3], "b": [2, 4]}),
        ("0,1\n5,6\n", {}, {"columns": ["1", "0"]}, {"1": [6], "0": [5]}),
        ("country,2010\nx,5\n", {}, {}, {"country": ["x"], "2010": [5]}),
        ("a;b\n1,5;2\n", {"separator": ";"}, {}, {"a": ["1,5"], "b": [2]}),
        ("\ufeffa,b\n1,2\n", {}, {}, {"a": [1], "b": [2]}),
        ('a\n"x\ny"\n"say ""so"""\n5" disk\n', {"line_breaks": True}, {}, {"a": ["x\ny", 'say "so"', '5" disk']}),
        ('a,b\n"x" ,1\n5" disk,2\n', {}, {}, {"a": ["x ", '5" disk'], "b": [1, 2]}),
        *(
            (end.join(["", "a,b", '1,"x, y"', "", '2,"z"', "", ""]), {}, {}, {"a": [1, 2], "b": ["x, y", "z"]})
            for end in ("\n", "\r\n", "\r")
        ),
        *(
            ("née,b\ncafé,2\n".encode(encoding), {"encoding": encoding}, {}, {"née": ["café"], "b": [2]})
            for encoding in ("latin-1", "cp1252", "utf-16", "utf-8-sig")
        ),
    ],
)
def test_values_and_columns(content, csv, options, columns):
    frame = read(content, csv, **options)
    assert list(frame) == list(columns)
    assert frame.to_dict("list") == columns


def test_missing_values_are_those_of_the_parameter():
    frame = read("a,b,c\n1,?,\n,NA,\n", {"missing": ["?", ""]})
    assert frame["a"].isna().tolist() == [False, True]
    assert frame["b"].tolist()[1] == "NA"
    assert frame["c"].dtype == "float64"
    assert frame["c"].isna().all()


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", {}, "empty file"),
        ("\n\n", {}, "empty file"),
        ("a,b\n", {}, "line 1: a header and no rows after it"),
        ("a,b", {}, "line 1: a header and no rows after it"),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", {}, "line 1: 5.1, 3.5 are values, not names"),
        ("1,2\n3,4\n", {}, "line 1: 1, 2 are values, not names"),
        (",a\n0,1\n", {}, "line 1: column 1 has no name"),
        ("a,b,a\n1,2,3\n", {}, "column 'a' occurs 2 times"),
        ("height,weight\n1,2\n", {"columns": ["hieght"]}, "no column 'hieght'; did you mean height?"),
        ("a,b\n1,2\n", {"classes": {"species": ["x"]}}, "no column 'species'; allowed: a, b"),
        ("a,b\n1,2\n", {"kind": "series", "time": "date"}, "no column 'date'"),
        ("a,b\n\n1,2,3\n4,5\n6\n", {}, "2 do not have 2 fields, one for each column name; line 3 has 3, line 5 has 1"),
        ("a,b\n1,2\n3,café\n".encode("latin-1"), {}, "line 3: byte 0xe9 is not utf-8; set format.encoding"),
        ("a,café\n1,2\n".encode("latin-1"), {}, "line 1: byte 0xe9"),
        ('a,b\n1,"x"\n\n2,"y\n3,z\n4,z\n', {}, "line 4: a quote opens here and is not closed in this line"),
        ('a,b\n1,"x\n' + "2,y\n" * 50_000, {}, "line 2: a quote opens here"),
        ('a,b\n1,"x\n2,y"\n', {}, "format.line_breaks: true if values have line breaks"),
        ('a,b\n1,"x" y\n', {}, "line 2: text follows the quote that closes a value; set format.quote: none"),
        ('a,b\n1,"x \\"y\\" z"\n', {}, "or format.escape"),
        (b"\xef\xbb\xbfa,b\n1,2\n", {"csv": {"encoding": "latin-1"}}, "byte order mark of UTF-8"),
        (
            'a,b\n1,"x"\n\n2,"y\n3,z\n4,z\n',
            {"csv": {"line_breaks": True}},
            "line 4: a quote opens here and is never closed",
        ),
        ('a,b\n1,"x\n' + "2,y\n" * 50_000, {"csv": {"line_breaks": True}}, "line 2: a quote opens here and is never"),
        ("a,b\n1,x\\\n2,y\n", {"csv": {"escape": "\\"}}, "line 2: ends with \\, so that the next line"),
        ("# x\n\na,b\n1,2,3\n", {"csv": {"comment": "#"}}, "2 fields, one for each column name; line 4 has 3"),
        ("x\n\na b\n1 2\n3\n", {"csv": {"skip_lines": 1, "separator": "whitespace"}}, "line 5 has 1"),
        (b"a,b\n" + b"1,2\n" * 5000 + b"1,\xff\n", {"classes": {"b": []}}, "line 5002: byte 0xff"),
    ],
)
def test_errors_have_a_line_and_a_column(content, options, message):
    assert message in error_message(read, content, **options)


def test_all_missing_columns_are_reported():
    with pytest.raises(UserError) as error:
        read("a,b\n1,2\n", columns=["c", "d", "a"])
    assert len(error.value.messages) == 2


def test_at_most_five_ragged_rows_are_shown():
    message = error_message(read, "a,b\n" + "1\n" * 100)
    assert "rows: 100 do not" in message
    assert message.count("line") == 5


def test_a_second_byte_order_mark_is_refused():
    """Python reads it as a part of the first name, and Arrow drops it."""
    content = "\ufeff\ufeffa,b\n1,2\n".encode("utf-16-le")
    assert "header cannot be read" in error_message(read, content, {"encoding": "utf-16"})


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in DIALECTS])
def test_dialects_are_read_as_meant(case: DialectCase) -> None:
    columns = {"columns": list(case.columns)} if not case.csv.get("header", True) else {}
    assert values(read(case.data, case.csv, **columns)) == case.columns


def values(frame: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(c): [None if pd.isna(value) else value for value in frame[c]] for c in frame}


def test_a_message_that_begins_with_a_quote_is_no_reason_to_swallow_others() -> None:
    """The quote is closed two messages later, so that the number of fields of each row is right."""
    content = 'label\ttext\nham\t"Free entry\nspam\tcall now\nham\tok"\nham\tbye\n'
    message = error_message(read, content, {"separator": "\t"})
    assert message.startswith("line 2: a quote opens here and is not closed in this line; set format.quote: none")
    frame = read(content, {"separator": "\t", "quote": "none"})
    assert frame["text"].tolist() == ['"Free entry', "call now", 'ok"', "bye"]


EUROPEAN = {"separator": ";", "decimal": ",", "thousands": "."}


@pytest.mark.parametrize(
    ("texts", "csv", "expected"),
    [
        # Leading zeros
        (["04509", "1"], {}, ["04509", "1"]),
        (["04509", "", "1"], {}, ["04509", None, "1"]),
        (["0", "10", "-5"], {}, [0, 10, -5]),
        (["0.5", "00.5"], {}, [0.5, 0.5]),
        (["-05", "3"], {}, [-5, 3]),
        (["04509", "1"], {"types": {"v": "number"}}, [4509, 1]),
        (["1", "2"], {"types": {"v": "text"}}, ["1", "2"]),
        (["1.5", "05"], {}, [1.5, 5]),
        # Whole numbers that would be rounded
        (["9223372036854775807", "1"], {}, [9223372036854775807, 1]),
        (["9223372036854775808", "1"], {}, ["9223372036854775808", "1"]),
        (["9007199254740993", ""], {}, ["9007199254740993", None]),
        (["9007199254740992", ""], {}, [9007199254740992, None]),
        (["9223372036854775808", "1"], {"types": {"v": "number"}}, [9223372036854775808.0, 1]),
        (["1e30", "1"], {}, [1e30, 1]),
        (["9223372036854775808", "1.5"], {}, [9223372036854775808.0, 1.5]),
        # Other notations
        (["1,5", "2"], {"separator": ";", "decimal": ","}, [1.5, 2]),
        (["1.500", "2"], EUROPEAN, [1500, 2]),
        (["1.500,25", "-2.000.000"], EUROPEAN, [1500.25, -2000000]),
        (["0,125", "1,5e-3"], EUROPEAN, [0.125, 0.0015]),
        (["007", "1.500"], EUROPEAN, ["007", "1.500"]),
        (["007", "150"], EUROPEAN, ["007", "150"]),
        (["true", "false"], EUROPEAN, [True, False]),
        (["", ""], EUROPEAN, [None, None]),
        (["a", "b", "3"], EUROPEAN, ["a", "b", "3"]),
        (["2020-01-05", "05.01.2020"], EUROPEAN, ["2020-01-05", "05.01.2020"]),
        (["12 %", "0%", "7"], {"signs": ["%"]}, [12, 0, 7]),
        (["$1", "+$2", "$-3", "-$4.5", "5 $"], {"signs": ["$"]}, [1, 2, -3, -4.5, 5]),
        (["US$1", "US$ 2"], {"signs": ["$", "US$"]}, [1, 2]),
        (["(1.5)", "(2)", "3"], {"negative_in_parentheses": True}, [-1.5, -2, 3]),
        (["($1)", "$2"], {"negative_in_parentheses": True, "signs": ["$"]}, [-1, 2]),
        (["9223372036854775808 €", "1 €"], {"signs": ["€"]}, ["9223372036854775808 €", "1 €"]),
        (["12,34,567", "1,200"], {"separator": ";", "thousands": ",", "grouping": "indian"}, [1234567, 1200]),
        (["1.1k", "2.5 M", "7"], {"suffixes": {"k": 1000, "M": 1000000}}, [1100.0, 2500000.0, 7.0]),
        (["1.5Ki", "", "2Ki"], {"suffixes": {"Ki": 1024}}, [1536.0, None, 2048.0]),
        (["5k", "abc", "x", "y"], {"suffixes": {"k": 1000}}, ["5k", "abc", "x", "y"]),
        (["5", "12"], {"suffixes": {"k": 1000}}, [5, 12]),
        (["05", "12"], {"suffixes": {"k": 1000}}, ["05", "12"]),
        (["1,5 Mio", "2 Mio"], {"separator": ";", "decimal": ",", "suffixes": {"Mio": 1000000}}, [1.5e6, 2e6]),
        (["12.5-", "3", "-4"], {"trailing_minus": True}, [-12.5, 3, -4]),
        (["1.200,50- €", "3 €"], EUROPEAN | {"trailing_minus": True, "signs": ["€"]}, [-1200.5, 3]),
        (["\u221212", "3", "-4"], {"typographic_minus": True}, [-12, 3, -4]),
        # What no option declares
        (["1.2k", "3k"], {}, ["1.2k", "3k"]),
        (["5-", "6"], {}, ["5-", "6"]),
        (["\u22125", "6"], {}, ["\u22125", "6"]),
        (["12,34,567", "1"], {"separator": ";"}, ["12,34,567", "1"]),
        (["12 %", "3 %"], {}, ["12 %", "3 %"]),
        (["(1)", "2"], {}, ["(1)", "2"]),
        (["1,2", "1,5"], {"separator": ";"}, ["1,2", "1,5"]),
    ],
)
def test_which_texts_are_numbers(texts: list[str], csv: dict[str, Any], expected: list[object]) -> None:
    separator = csv.get("separator", ",")
    frame = read(f"v{separator}w\n" + "".join(f"{text}{separator}x\n" for text in texts), csv)
    assert values(frame)["v"] == expected
    assert [type(value) for value in values(frame)["v"] if isinstance(value, str | bool)] == [
        type(value) for value in expected if isinstance(value, str | bool)
    ]


@pytest.mark.parametrize(
    ("texts", "csv", "facts"),
    [
        (["$1", "€2"], {"signs": ["$", "€"]}, ("column 'v'", "'$', '€'", "types: {v: text}")),
        (["1", "2", "x"], {"types": {"v": "number"}}, ("column 'v'", "1 of 3 values", "row 3 'x'")),
        (["x"], {"types": {"v": "number"}}, ("1 of 1 values",)),
        (
            ["1,5", "2,5", "3.5"],
            {"separator": ";", "decimal": ","},
            ("1 of 3 values", "row 3 '3.5'", "types: {v: text}"),
        ),
        (["$1", "$2", "x"], {"signs": ["$"]}, ("row 3 'x'", "format.missing")),
        (["$1 $", "$2", "$3"], {"signs": ["$"]}, ("row 1 '$1 $'",)),
        (["1k", "2k", "3m"], {"suffixes": {"k": 1000}}, ("1 of 3 values", "row 3 '3m'")),
        (["1,23,456", "1,234", "123,456"], {"separator": ";", "thousands": ",", "grouping": "indian"}, ("row 3",)),
    ],
)
def test_wrong_values_in_a_column_of_numbers(texts: list[str], csv: dict[str, Any], facts: tuple[str, ...]) -> None:
    separator = csv.get("separator", ",")
    content = f"v{separator}w\n" + "".join(f"{text}{separator}x\n" for text in texts)
    message = error_message(read, content, csv)
    assert [fact for fact in facts if fact not in message] == [], message


def test_types_of_an_unknown_column() -> None:
    message = error_message(read, "zip,b\n1,2\n", {"types": {"zipp": "text"}})
    assert message == "no column 'zipp'; did you mean zip?"


def test_a_comment_character_inside_a_line_is_text() -> None:
    frame = read("a,b\n #1,2\nx # y,3\n", {"comment": "#"})
    assert frame.to_dict("list") == {"a": ["x # y"], "b": [3]}


def test_a_large_file_is_prepared_in_blocks() -> None:
    frame = read("a b\n" + "".join(f"{n}  {n % 7}\n" for n in range(20_000)), {"separator": "whitespace"})
    assert frame["a"].tolist() == list(range(20_000))


@pytest.mark.parametrize("line_breaks", [True, False])
def test_a_very_long_value_is_read(line_breaks: bool) -> None:
    """Longer than the limit of Python's csv module."""
    frame = read(f'a,b\n1,"x, y"\n2,"{"z" * 200_000}"\n', {"line_breaks": line_breaks})
    assert frame["b"].str.len().tolist() == [4, 200_000]


@pytest.mark.parametrize(
    ("content", "csv", "message"),
    [
        ('a||b\n1||"x\n2||y\n', {}, "line 2: a quote opens here and is not closed in this line"),
        ("a||b\n1||x||y\n2||z\n", {}, "rows: 1 do not have 2 fields, one for each column name; line 2 has 3"),
        ("a||b\n1||x\x1fy\n", {}, "line 2: the character 0x1F"),
    ],
)
def test_errors_of_a_separator_of_several_characters(content: str, csv: dict[str, Any], message: str) -> None:
    assert message in error_message(read, content, {"separator": "||"} | csv)


def test_a_quoted_or_escaped_separator_of_several_characters_is_text() -> None:
    frame = read('a::b\n"x::y"::1\nz\\::w::2\n', {"separator": "::", "escape": "\\"})
    assert frame.to_dict("list") == {"a": ["x::y", "z::w"], "b": [1, 2]}
    plain = read('a::b\n"x::1\ny"::2\n', {"separator": "::", "quote": "none"})
    assert plain.to_dict("list") == {"a": ['"x', 'y"'], "b": [1, 2]}
