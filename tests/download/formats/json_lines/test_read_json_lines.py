"""JSON lines as data frames: exact numbers, gaps, nested objects, and lines that are refused."""

import gzip
from typing import Any

import pytest

from tests.download.sample_files import error_message, read_table_content


def read(text: str | bytes, options: dict[str, Any] | None = None, **files: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return read_table_content(content, {"format": "jsonl"} | (options or {}), **files)


def refused(text: str | bytes, options: dict[str, Any] | None = None, **files: Any) -> str:
    return error_message(read, text, options, **files)


def test_each_kind_of_value() -> None:
    frame = read(
        '{"n": 1, "x": 1.5, "t": "a, \\"b\\"", "b": true, "gap": null}\n'
        "\n"
        '{"n": 2, "x": 2, "t": null, "b": false, "gap": null}\r\n'
    )
    assert frame.dtypes.astype(str).to_dict() == {
        "n": "int64", "x": "float64", "t": "str", "b": "bool", "gap": "float64",
    }  # fmt: skip
    assert frame.loc[0, ["n", "x", "t", "b"]].tolist() == [1, 1.5, 'a, "b"', True]
    assert frame.isna().sum().to_dict() == {"n": 0, "x": 0, "t": 1, "b": 0, "gap": 2}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # 2^53 + 1 is no float64, and 2^64 no int64.
        (["9007199254740993", "1"], [9007199254740993, 1]),
        (["9007199254740993", "null"], ["9007199254740993", None]),
        (["18446744073709551616", "1"], ["18446744073709551616", "1"]),
        (["1", "1e2"], [1.0, 100.0]),
        (["-0.0", "1"], [0.0, 1.0]),
        (['"2020-01-31"', '"007"'], ["2020-01-31", "007"]),
        (['"\\u2028"', '"a\\nb"'], ["\u2028", "a\nb"]),
    ],
)
def test_numbers_are_exact_and_texts_are_kept(values: list[str], expected: list[Any]) -> None:
    column = read("".join(f'{{"a": {value}}}\n' for value in values))["a"]
    assert column.astype(object).where(column.notna(), None).tolist() == expected


def test_a_line_separator_of_unicode_ends_no_line() -> None:
    assert read('{"a": "x\u2028y\u0085z"}\n{"a": "b"}').a.tolist() == ["x\u2028y\u0085z", "b"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ('\ufeff{"é": 1}\n'.encode(), "utf-8"),
        ('{"é": 1}\n'.encode("utf-16"), "utf-16"),
        ('{"é": 1}'.encode("cp1252"), "cp1252"),
    ],
)
def test_encodings_and_byte_order_marks(content: bytes, encoding: str) -> None:
    assert read(content, {"encoding": encoding}).to_dict("list") == {"é": [1]}


def test_columns_are_in_the_order_in_which_they_occur() -> None:
    assert list(read('{"b": 1}\n{"a": 1, "b": 2}\n', {"optional": ["a"]})) == ["b", "a"]


def test_columns_that_are_left_out_may_hold_anything() -> None:
    frame = read('{"a": 1, "tags": ["x"], "b": 1}\n{"b": "x", "a": 2}\n', columns=["a"])
    assert frame.to_dict("list") == {"a": [1, 2]}


def test_optional_keys_are_gaps() -> None:
    frame = read('{"a": 1}\n{"b": "x"}\n{"a": 3, "b": "y"}\n', {"optional": ["a", "b"]})
    assert frame["a"].isna().tolist() == [False, True, False]
    assert frame["b"].isna().tolist() == [True, False, False]
    assert read('{"a": 1}\n', {"optional": ["b"]}, columns=["a", "b"])["b"].isna().tolist() == [True]


def test_fields_of_nested_objects() -> None:
    text = '{"id": 1, "item": {"price": {"net": 2.5}}}\n{"id": 2, "item": null}\n'
    frame = read(text, {"fields": {"net": "item.price.net"}, "optional": ["net"]})
    assert list(frame) == ["id", "net"]
    assert frame["net"].isna().tolist() == [False, True]


def test_texts_for_gaps_and_types() -> None:
    text = '{"a": "1.5", "b": 7, "c": "-"}\n{"a": 2, "b": "x", "c": 3}\n'
    frame = read(text, {"types": {"a": "number", "b": "text"}, "missing": ["-"]})
    assert frame["a"].tolist() == [1.5, 2.0]
    assert frame["b"].tolist() == ["7", "x"]
    assert frame["c"].isna().tolist() == [True, False]


def test_the_type_number_makes_numbers_of_digits_that_are_rounded() -> None:
    text = '{"a": 18446744073709551616, "b": 9007199254740993}\n{"a": 1, "b": null}\n'
    frame = read(text, {"types": {"a": "number", "b": "number"}})
    assert frame.dtypes.astype(str).tolist() == ["float64", "float64"]
    assert frame["a"].tolist() == [2.0**64, 1.0]


def test_classes_are_texts_and_times_may_be_numbers() -> None:
    assert read('{"c": 1}\n{"c": true}\n', classes={"c": ["1", "true"]})["c"].tolist() == ["1", "true"]
    assert read('{"t": 1}\n', kind="series", time="t")["t"].tolist() == [1]


REFUSED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "no file": ("", {}, ["empty file"]),
    "blank lines alone": ("\n \n", {}, ["empty file"]),
    "not a number": ('{"a": 1}\n{"a": NaN}\n', {}, ["line 2: NaN is not JSON", "null"]),
    "infinity": ('{"a": -Infinity}\n', {}, ["line 1: -Infinity"]),
    "a repeated key": ('{"a": 1, "b": 2, "a": 3}\n', {}, ["line 1: the key 'a' occurs twice"]),
    "a repeated key in an object": ('{"a": {"b": 2, "b": 3}}\n', {}, ["line 1: the key 'b' occurs twice"]),
    "a broken line": ('{"a": 1}\n{"a": \n', {}, ["line 2: Expecting value at character"]),
    "two objects in a line": ('{"a": 1} {"a": 2}\n', {}, ["line 1: Extra data at character 10"]),
    "an array of objects": ('[{"a": 1},\n{"a": 2}]\n', {}, ["one JSON object in each line", "jq -c '.[]'"]),
    "an object on several lines": ('{\n"a": 1\n}\n', {}, ["one JSON object in each line"]),
    "another value": ('5\n"x"\n[1]\n', {}, ["line 1", "a number", "line 2", "a text", "line 3", "an array"]),
    "numbers and texts": (
        '{"a": 1}\n\n{"a": "x"}\n{"a": 2}\n',
        {},
        ["column 'a': 2 numbers, but also 1 text: line 3 'x'", "format.missing", "{a: text}"],
    ),
    "numbers and numbers in texts": ('{"a": 1}\n{"a": "2.5"}\n', {}, ["line 2 '2.5'", "format.types: {a: number}"]),
    "truth values and numbers": ('{"a": 1}\n{"a": true}\n{"a": 2}\n', {}, ["1 truth value: line 2 True"]),
    "texts that are no numbers": (
        '{"a": "x"}\n{"a": 1}\n{"a": true}\n',
        {"types": {"a": "number"}},
        ["column 'a': 2 values not readable as a number: line 1 'x', line 3 True"],
    ),
    "an absent key": (
        '{"a": 1, "b": 1}\n{"a": 1}\n{"a": 1}\n',
        {},
        ["column 'b': 2 of 3 lines do not have this key: line 2, line 3", "format.optional"],
    ),
    "a key that begins later": ('{"a": 1}\n{"a": 1, "b": 1}\n', {}, ["column 'b': 1 of 2 lines", "line 1"]),
    "an unknown optional key": ('{"price": 1}\n', {"optional": ["prize"]}, ["no column 'prize'; did you mean price?"]),
    "an object": ('{"a": {"b": {"c": 1}}}\n', {}, ["column 'a' holds objects: line 1", "fields: {a_b_c: a.b.c}"]),
    "an array": ('{"a": 1}\n{"a": [1]}\n', {}, ["column 'a' holds lists: line 2 [1]", "`columns`"]),
    "a field that is nowhere": ('{"a": {"b": 1}}\n', {"fields": {"c": "a.c"}}, ["no line has a.c"]),
    "a field in a number": ('{"a": {"b": 1}}\n{"a": 1}\n', {"fields": {"b": "a.b"}}, ["line 2: a is not an object"]),
    "a field named as a key": ('{"b": 2, "a": {"b": 1}}\n', {"fields": {"b": "a.b"}}, ["line 1: 'b' is a key too"]),
    "a number beyond float64": ('{"a": 1.5}\n{"a": 1e999}\n', {}, ["column 'a': 1 value beyond the largest", "line 2"]),
    "a whole number beyond float64": (f'{{"a": 1{"0" * 400}}}\n{{"a": 1.5}}\n', {}, ["beyond the largest", "line 1"]),
    "very many digits": (f'{{"a": 1{"0" * 5000}}}\n', {}, ["line 1: Exceeds the limit (4300 digits)"]),
    "half a character": ('{"a": "\\ud800"}\n', {}, ["no Unicode: line 1"]),
    "very deep objects": ('{"a": ' * 100_000, {}, ["line 1: nested too deeply"]),
    "many keys": ("".join(f'{{"k{n}": 1}}\n' for n in range(10_001)), {}, ["more than 10,000 different keys"]),
}


@pytest.mark.error_case("files that cannot be read")
@pytest.mark.parametrize(("text", "options", "facts"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(text: str, options: dict[str, Any], facts: list[str]) -> None:
    message = refused(text, options)
    assert [fact for fact in facts if fact not in message] == []
    assert len(message) < 1500


def test_bytes_that_are_no_text() -> None:
    assert refused(b'{"a": 1}\n{"a": "\xe9"}\n').startswith("line 2: byte 0xe9 is not utf-8; set format.encoding")


def test_a_gzip_file() -> None:
    assert "gzip" in refused(gzip.compress(b'{"a": 1}\n'))


def test_all_broken_lines_are_counted_and_five_are_shown() -> None:
    lines = refused("".join(f'{{"a": {value}}}\n' for value in ["1", *"xxxxxxx"])).splitlines()
    assert lines[0] == "7 lines are not JSON objects"
    assert [line.partition(":")[0] for line in lines[1:]] == [f"line {number}" for number in range(2, 7)]


def test_values_of_private_columns_are_not_shown() -> None:
    for content in ('{"name": "ann"}\n{"name": 7}\n{"name": 8}\n', '{"name": {"first": "ann"}}\n'):
        message = refused(content, private=["name"])
        assert "ann" not in message
        assert "line 1 private" in message


def test_blocks_give_the_same_as_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of a column is known only after the last block."""
    text = '{"a": null, "b": 1, "c": 1}\n{"a": null, "b": 2.5, "c": 9223372036854775808}\n{"a": 1, "b": 3, "c": 2}\n'
    whole = read(text)
    monkeypatch.setattr("stages.download.formats.json_lines.read_json_lines.BLOCK_ROWS", 1)
    assert read(text).equals(whole)
    assert whole.dtypes.astype(str).to_dict() == {"a": "float64", "b": "float64", "c": "str"}
