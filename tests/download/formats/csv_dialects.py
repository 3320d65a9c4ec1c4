"""Small files in many dialects of CSV, the parameters that describe them, and the columns that they hold."""

from dataclasses import dataclass, field
from typing import Any

NO_HEADER = {"header": False}
MORE_MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "?"]
SMS = 'ham\tGo until, jurong\nspam\t"Free entry\nham\tOk lar "joking"\nham\t"Yes" he said\nspam\tWin now\n'
MULTI_LINE = 'id,text\n1,"first\nsecond, third"\n2,x\n3,"y\nz"\n'


@dataclass(frozen=True)
class DialectCase:
    """`csv` are the parameters that are not the default. `columns` is what the file holds."""

    name: str
    content: str | bytes
    csv: dict[str, Any]
    columns: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode()


DIALECTS = [
    DialectCase("plain", "a,b\n1,x\n2,y\n", {}, {"a": [1, 2], "b": ["x", "y"]}),
    DialectCase("semicolons", "a;b\n1;x\n2;y\n", {"separator": ";"}, {"a": [1, 2], "b": ["x", "y"]}),
    DialectCase("tabs", "a\tb\n1\tx, y\n2\tz\n", {"separator": "\t"}, {"a": [1, 2], "b": ["x, y", "z"]}),
    DialectCase("bars", "a|b\n1|x\n2|y\n", {"separator": "|"}, {"a": [1, 2], "b": ["x", "y"]}),
    DialectCase(
        "a control character", "a\x01b\n1\x01x\n2\x01y\n", {"separator": "\x01"}, {"a": [1, 2], "b": ["x", "y"]}
    ),
    DialectCase(
        "aligned by blanks",
        "  x    name\n 1.5   ann\n12.5   bob\n",
        {"separator": "whitespace"},
        {"x": [1.5, 12.5], "name": ["ann", "bob"]},
    ),
    DialectCase(
        "blanks and tabs",
        "x y\n1 \t 2\n3\t4  \n",
        {"separator": "whitespace"},
        {"x": [1, 3], "y": [2, 4]},
    ),
    DialectCase(
        "quotes between blanks",
        'x y\n"a b" 2\nc 4\n',
        {"separator": "whitespace"},
        {"x": ["a b", "c"], "y": [2, 4]},
    ),
    DialectCase(
        "blanks without a header",
        "6 148 72\n1 85 66\n8 183 64\n",
        {"separator": "whitespace", "names": ["column1", "column2", "column3"]} | NO_HEADER,
        {"column1": [6, 1, 8], "column2": [148, 85, 183], "column3": [72, 66, 64]},
    ),
    DialectCase(
        "row names without a name",
        '"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun" 22.8 4\n',
        {"separator": "whitespace", "skip_lines": 1, "names": ["row", "mpg", "cyl"]} | NO_HEADER,
        {"row": ["Mazda RX4", "Datsun"], "mpg": [21, 22.8], "cyl": [6, 4]},
    ),
    DialectCase(
        "decimal commas",
        "a;b\n1,5;x\n2;y\n",
        {"separator": ";", "decimal": ","},
        {"a": [1.5, 2], "b": ["x", "y"]},
    ),
    DialectCase(
        "decimal commas and points for thousands",
        "a;b\n1.200,50;1.234.567\n2;1\n",
        {"separator": ";", "decimal": ",", "thousands": "."},
        {"a": [1200.5, 2], "b": [1234567, 1]},
    ),
    DialectCase(
        "quoted decimal commas",
        'a,b\n"1,5","2,25"\n"3,0","-4,5"\n',
        {"decimal": ","},
        {"a": [1.5, 3], "b": [2.25, -4.5]},
    ),
    DialectCase(
        "commas for thousands",
        'a,b\n"1,200.5","12,000"\n3,"1,234,567"\n',
        {"thousands": ","},
        {"a": [1200.5, 3], "b": [12000, 1234567]},
    ),
    DialectCase(
        "blanks for thousands",
        "a;b\n1 200,5;12\u00a0000\n3;1\u202f234\n",
        {"separator": ";", "decimal": ",", "thousands": " "},
        {"a": [1200.5, 3], "b": [12000, 1234]},
    ),
    DialectCase(
        "apostrophes for thousands",
        "a;b\n1'200.5;x\n3;y\n",
        {"separator": ";", "thousands": "'"},
        {"a": [1200.5, 3], "b": ["x", "y"]},
    ),
    DialectCase(
        "per cent",
        "a,b\n12 %,1\n-3%,2\n0.5%,3\n",
        {"signs": ["%"]},
        {"a": [12, -3, 0.5], "b": [1, 2, 3]},
    ),
    DialectCase(
        "dollars and per cent",
        'a,b\n"$1,200.50",5%\n-$3,6%\n$-4,7%\n',
        {"thousands": ",", "signs": ["%", "$"]},
        {"a": [1200.5, -3, -4], "b": [5, 6, 7]},
    ),
    DialectCase(
        "euros after the number",
        "a;b\n1.200,50 €;x\n3,00 €;y\n",
        {"separator": ";", "decimal": ",", "thousands": ".", "signs": ["€"]},
        {"a": [1200.5, 3], "b": ["x", "y"]},
    ),
    DialectCase(
        "negative numbers in parentheses",
        'a,b\n"(1,200)",x\n"3,000",y\n',
        {"thousands": ",", "negative_in_parentheses": True},
        {"a": [-1200, 3000], "b": ["x", "y"]},
    ),
    DialectCase(
        "comments",
        "# measured in May\na,b\n1,x\n# a break\n2,y #1\n",
        {"comment": "#"},
        {"a": [1, 2], "b": ["x", "y #1"]},
    ),
    DialectCase(
        "names in a comment",
        "# written by hand\n# a b\n1 2\n3 4\n5 6\n7 8\n9 10\n",
        {"separator": "whitespace", "comment": "#", "names": ["a", "b"]} | NO_HEADER,
        {"a": [1, 3, 5, 7, 9], "b": [2, 4, 6, 8, 10]},
    ),
    DialectCase(
        "a title before the header",
        "Sales of 2020\n\na;b\n1;x\n2;y\n3;z\n",
        {"separator": ";", "skip_lines": 1},
        {"a": [1, 2, 3], "b": ["x", "y", "z"]},
    ),
    DialectCase("blank lines", "\na,b\n\n1,x\n\n\n2,y\n\n", {}, {"a": [1, 2], "b": ["x", "y"]}),
    DialectCase("Windows line ends", "a,b\r\n1,x\r\n2,y\r\n", {}, {"a": [1, 2], "b": ["x", "y"]}),
    DialectCase("old Mac line ends", "a,b\r1,x\r2,y\r", {}, {"a": [1, 2], "b": ["x", "y"]}),
    DialectCase("UTF-8 with a mark", "\ufeffé,b\n1,x\n2,y\n", {}, {"é": [1, 2], "b": ["x", "y"]}),
    DialectCase(
        "UTF-16 with a mark", "é,b\n1,x\n2,y\n".encode("utf-16"), {"encoding": "utf-16"}, {"é": [1, 2], "b": ["x", "y"]}
    ),
    DialectCase(
        "UTF-16 without a mark",
        "a,b\n1,x\n2,y\n".encode("utf-16-le"),
        {"encoding": "utf-16-le"},
        {"a": [1, 2], "b": ["x", "y"]},
    ),
    DialectCase(
        "UTF-16 and blanks",
        "a b\n01 x\n02 y\n".encode("utf-16"),
        {"encoding": "utf-16", "separator": "whitespace"},
        {"a": ["01", "02"], "b": ["x", "y"]},
    ),
    DialectCase(
        "Windows-1252",
        "a,b\n1,café €\n2,y\n".encode("cp1252"),
        {"encoding": "cp1252"},
        {"a": [1, 2], "b": ["café €", "y"]},
    ),
    DialectCase(
        "no header",
        "5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n",
        {"names": ["column1", "column2", "column3"]} | NO_HEADER,
        {"column1": [5.1, 4.9, 7.0], "column2": [3.5, 3.0, 3.2], "column3": ["setosa", "setosa", "versicolor"]},
    ),
    DialectCase(
        "raw messages",
        SMS,
        {"separator": "\t", "quote": "none", "names": ["column1", "column2"]} | NO_HEADER,
        {
            "column1": ["ham", "spam", "ham", "ham", "spam"],
            "column2": ["Go until, jurong", '"Free entry', 'Ok lar "joking"', '"Yes" he said', "Win now"],
        },
    ),
    DialectCase(
        "single quotes",
        "a,b\n1,'x, y'\n2,'it''s'\n",
        {"quote": "'"},
        {"a": [1, 2], "b": ["x, y", "it's"]},
    ),
    DialectCase(
        "backslashes before quotes",
        'a,b\n1,"say \\"hi\\", ok"\n2,x\n',
        {"escape": "\\"},
        {"a": [1, 2], "b": ['say "hi", ok', "x"]},
    ),
    DialectCase(
        "values with line breaks",
        MULTI_LINE,
        {"line_breaks": True},
        {"id": [1, 2, 3], "text": ["first\nsecond, third", "x", "y\nz"]},
    ),
    DialectCase(
        "blanks after commas",
        'age, work, pay\n39, State-gov, <=50K\n50, "Self, own" , ?\n',
        {"trim": True},
        {"age": [39, 50], "work": ["State-gov", "Self, own"], "pay": ["<=50K", None]},
    ),
    DialectCase(
        "a dash for a missing value",
        "a,b\n1,-\n2,3\n3,4\n",
        {"missing": [*MORE_MISSING, "-"]},
        {"a": [1, 2, 3], "b": [None, 3, 4]},
    ),
    DialectCase(
        "years for names",
        "country,2010,2011\nx,5,6\ny,7,8\n",
        {},
        {"country": ["x", "y"], "2010": [5, 7], "2011": [6, 8]},
    ),
    DialectCase(
        "suffixes",
        "name,volume\nA,1.20M\nB,3K\n",
        {"suffixes": {"K": 1000, "M": 1000000}},
        {"name": ["A", "B"], "volume": [1200000.0, 3000.0]},
    ),
    DialectCase(
        "dollars with suffixes, and decimal commas",
        "a;b\n$1,1k;x\n$-2k;y\n",
        {"separator": ";", "decimal": ",", "signs": ["$"], "suffixes": {"k": 1000}},
        {"a": [1100.0, -2000.0], "b": ["x", "y"]},
    ),
    DialectCase(
        "house numbers, of which some have a letter",
        "name,house\nA,12\nB,12B\n",
        {},
        {"name": ["A", "B"], "house": ["12", "12B"]},
    ),
    DialectCase(
        "units that are no suffixes",
        "name,length\nA,12m\nB,3 m\n",
        {},
        {"name": ["A", "B"], "length": ["12m", "3 m"]},
    ),
    DialectCase(
        "groups of two digits",
        'a,b\n"12,34,567.5",x\n"1,200",y\n"3,45,678",z\n',
        {"thousands": ",", "grouping": "indian"},
        {"a": [1234567.5, 1200, 345678], "b": ["x", "y", "z"]},
    ),
    DialectCase(
        "rupees",
        'a,b\n"₹1,00,000",x\n"₹5,000",y\n',
        {"thousands": ",", "signs": ["₹"], "grouping": "indian"},
        {"a": [100000, 5000], "b": ["x", "y"]},
    ),
    DialectCase(
        "a minus after the number",
        "a;b\n1.200,50-;x\n3,00;y\n",
        {"separator": ";", "decimal": ",", "thousands": ".", "trailing_minus": True},
        {"a": [-1200.5, 3], "b": ["x", "y"]},
    ),
    DialectCase(
        "a typographic minus",
        "a,b\n\u22121.5,x\n3,y\n",
        {"typographic_minus": True},
        {"a": [-1.5, 3], "b": ["x", "y"]},
    ),
    DialectCase(
        "two bars",
        'a||b||c\n1||x|y||"p||q"\n2||||z\n',
        {"separator": "||"},
        {"a": [1, 2], "b": ["x|y", None], "c": ["p||q", "z"]},
    ),
    DialectCase(
        "two colons without a header",
        "1::1193::5::978300760\n1::661::3::978302109\n",
        {"separator": "::", "names": ["column1", "column2", "column3", "column4"]} | NO_HEADER,
        {"column1": [1, 1], "column2": [1193, 661], "column3": [5, 3], "column4": [978300760, 978302109]},
    ),
    DialectCase(
        "blanks around two bars",
        'a || b\n1 || "x || y"\n2 || z \n',
        {"separator": "||", "trim": True},
        {"a": [1, 2], "b": ["x || y", "z"]},
    ),
    DialectCase("one column", "value\n1.5\n2.5\n", {}, {"value": [1.5, 2.5]}),
    DialectCase(
        "one column of sentences",
        'text\nYes, sir\n"No"? he said; and went\nOh\n',
        {"separator": "\t", "quote": "none"},
        {"text": ["Yes, sir", '"No"? he said; and went', "Oh"]},
    ),
    DialectCase(
        "dates with a year of one digit",
        '"Month","Sales"\n"1-01",266.0\n"1-02",145.9\n',
        {},
        {"Month": ["1-01", "1-02"], "Sales": [266.0, 145.9]},
    ),
    DialectCase("leading zeros", "zip,n\n04509,1\n10115,2\n", {}, {"zip": ["04509", "10115"], "n": [1, 2]}),
]
