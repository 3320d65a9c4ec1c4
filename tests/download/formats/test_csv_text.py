import pytest

from stages.core.errors import UserError
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
        ('a\n"x\ny"\n"say ""so"""\n5" disk\n', {}, {}, {"a": ["x\ny", 'say "so"', '5" disk']}),
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
        ('a,b\n1,"x"\n\n2,"y\n3,z\n4,z\n', {}, "line 4: a quote opens here and is never closed"),
        ('a,b\n1,"x\n' + "2,y\n" * 50_000, {}, "line 2: a quote opens here and is never closed"),
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
