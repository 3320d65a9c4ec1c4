"""Wrong values in users' files, from download to preprocess: an error in the right stage, or the values as meant."""

import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json
from stages.download import __main__ as download
from stages.preprocess import __main__ as preprocess
from stages.preprocess.params import Preprocess, Step
from stages.preprocess.preprocess_data import preprocess as preprocess_data
from stages.preprocess.steps.series_steps import NEED_WINDOW
from stages.validate import __main__ as validate
from tests.run_in_process import published

KEY, FILE = "flowers", "flowers.csv"
ENTRIES = {"download": download, "validate": validate, "preprocess": preprocess}
STAGES = {name: published(entry.run) for name, entry in ENTRIES.items()}
TABLE: dict[str, Any] = {
    "download": {},
    "validate": {"columns": ["a", "b", "kind"]},
    "preprocess": {"targets": "kind", "labels": "one_hot", "split": {"test": 2, "order": "chronological"}},
}
SERIES: dict[str, Any] = {
    "download": {"kind": "series", "time": "day"},
    "validate": {"columns": ["day", "price"]},
    "preprocess": {
        "targets": "price",
        "split": {"test": 2, "order": "chronological"},
        "window": {"length": 1},
        "steps": [{"step": "standard"}],
    },
}
GOOD = "a,b,kind\n1,2,x\n2,5,y\n3,1,x\n4,7,y\n"
DAYS = "day,price\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n2020-01-04,5\n2020-01-05,7\n"
HEADER, FIRST, SECOND = "a,b,kind", "1,2,x", "2,5,y"
ONE_ROW = f"{HEADER}\n{FIRST}\n"
NOT_NULL = ("expect_column_values_to_not_be_null(column: a): 1 of 4 rows", "row 1 of all (nothing)")
NO_COLUMNS = ("expect_table_columns_to_match_set", "missing 'a', 'b', 'kind'")

wrong_values = pytest.mark.error_case("wrong values in data")


@dataclass(frozen=True)
class WrongValue:
    """A file with something wrong in it, the stage that must report it, and the facts in its message."""

    name: str
    content: str | bytes
    stage: str
    facts: tuple[str, ...]
    params: dict[str, Any] = field(default_factory=lambda: TABLE)
    changed: dict[str, Any] = field(default_factory=dict)


def with_number(text: str) -> str:
    """The first number of the second row replaced."""
    return GOOD.replace(SECOND, f"{text},5,y")


def with_kinds(kinds: str) -> str:
    return f"{HEADER}\n" + "".join(f"{n},{n * n},{kind}\n" for n, kind in enumerate(kinds))


def with_second_day(text: str) -> str:
    return DAYS.replace("2020-01-02", text)


def wrong_numbers() -> Iterator[WrongValue]:
    facts: tuple[str, ...]
    for text in ("", "?", "NA", "NaN", "nan", "null"):
        yield WrongValue(f"{text!r} for a number", with_number(text), "validate", NOT_NULL)
    for text in ("inf", "-inf", "Infinity", "1e999", "-1e999"):
        infinite = "every_number_is_finite(columns: [a]): 1 of 4 rows"
        facts = (infinite, "row 1 of all (-inf)" if text[0] == "-" else "row 1 of all (inf)")
        yield WrongValue(f"{text} for a number", with_number(text), "validate", facts)
    for text in ("two", "-", "1_000", "1 000", "٣", "2020-01-01", "true", "=1+1", "$5"):
        facts = ("column a", "1 of 4 values", repr(text), "row 1", "download.format.missing")
        yield WrongValue(f"{text!r} among numbers", with_number(text), "preprocess", facts)
    no_missing_mark = {"download": {"format": {"missing": ["NA"]}}}
    facts = ("column a", "1 of 4 values", "'?'", "row 1")
    yield WrongValue("'?' that conf does not list", with_number("?"), "preprocess", facts, changed=no_missing_mark)
    may_be_missing = {"validate": {"may_be_missing": ["a"]}}
    facts = ("column a", "missing", "1 of 4 rows: 1", "missing: median")
    yield WrongValue("an allowed missing value", with_number("?"), "preprocess", facts, changed=may_be_missing)
    yield WrongValue("a decimal comma", with_number("1,5"), "download", ("3 fields", "line 3"))
    facts = ("column a", "32 bits", "1e+39", "row 1")
    yield WrongValue("a number too large for 32 bits", with_number("1e39"), "preprocess", facts)
    tiny = {"preprocess": {"steps": [{"step": "divide", "by": 1e-300}]}}
    yield WrongValue("a step that makes numbers too large", GOOD, "preprocess", ("steps", "32 bits"), changed=tiny)
    no_b = "a,b,kind\n1,,x\n2,,y\n3,,x\n4,,y\n"
    yield WrongValue("a column without values", no_b, "validate", ("not_be_null(column: b): 4 of 4 rows",))
    texts = "a,b,kind\np,2,x\nq,5,y\nr,1,x\ns,7,y\n"
    yield WrongValue("a column of texts", texts, "preprocess", ("column a", "2 different texts", "a: ignore"))


def wrong_kinds() -> Iterator[WrongValue]:
    def wrong(name: str, values: str, column: Any, *facts: str) -> WrongValue:
        rows = zip(values.split(), "xyxy", strict=True)
        content = f"{HEADER}\n" + "".join(f"{value},{n},{kind}\n" for n, (value, kind) in enumerate(rows))
        changed = {"validate": {"may_be_missing": ["a"]}, "preprocess": {"columns": {"a": column}}}
        return WrongValue(name, content, "preprocess", ("column a", *facts), changed=changed)

    yield wrong("a text for a truth value", "yes no maybe no", "boolean", "1 of 4 values", "'maybe' in row 2")
    yield wrong(
        "a day that does not exist", "2024-01-01 2024-02-30 2024-03-01 2024-03-02", "date", "ISO", "'2024-02-30'"
    )
    american = {"kind": "date", "format": "%m/%d/%Y"}
    yield wrong("a date in another order", "1/2/2024 1/13/2024 13/1/2024 1/3/2024", american, "%m/%d/%Y", "'13/1/2024'")
    yield wrong(
        "dates in two possible orders", "1/2/2024 3/4/2024 5/6/2024 7/8/2024", {"kind": "date"}, "4 of 4 values"
    )
    number = {"kind": "number", "missing": "median"}
    yield wrong("a text for a number with gaps", "1 ? two 4", number, "1 of 4 values", "'two' in row 2")
    yield wrong("a gap in categories", "p ? q q", "category", "missing in 1 of 4 rows: 1", "category, most_frequent")
    yield wrong("a gap in truth values", "yes ? no no", "boolean", "missing in 1 of 4 rows: 1", "most_frequent")
    yield wrong("a gap in dates", "2024-01-01 ? 2024-01-03 2024-01-04", "date", "missing in 1 of 4 rows: 1", "median")
    yield wrong("no value in training rows", "? ? 3 4", number, "missing in every training row", "a: ignore")
    unseen = {"kind": "category", "unseen": "fail"}
    yield wrong("a category that training never has", "p q p r", unseen, "no training row has", "'r' in row 3")


def wrong_notations() -> Iterator[WrongValue]:
    """Numbers that are not written as format says."""

    def wrong(name: str, text: str, options: dict[str, Any], *facts: str) -> WrongValue:
        content = GOOD.replace(",", ";").replace("2;5;y", f"{text};5;y")
        changed = {"download": {"format": {"separator": ";"} | options}}
        return WrongValue(name, content, "download", ("column 'a'", *facts), changed=changed)

    one = ("1 of 4 values", "row 2")
    yield wrong("a decimal point among commas", "2.5", {"decimal": ","}, *one, "'2.5'")
    yield wrong("thousands of two digits", "1.20", {"decimal": ",", "thousands": "."}, *one, "'1.20'")
    yield wrong("an undeclared sign", "$2", {"signs": ["€"]}, *one, "'$2'")
    yield wrong("a text in a column that must be numbers", "two", {"types": {"a": "number"}}, *one, "'two'")
    signs = {"signs": ["$", "€"]}
    content = GOOD.replace("1,2,x", "$1,2,x").replace("2,5,y", "€2,5,y")
    facts = ("column 'a'", "'$', '€'")
    yield WrongValue("two currencies", content, "download", facts, changed={"download": {"format": signs}})
    postcodes = GOOD.replace("1,2,x", "01,2,x")
    yield WrongValue("a leading zero", postcodes, "preprocess", ("column a", "2 different texts"))


def wrong_splits_and_weights() -> Iterator[WrongValue]:
    """The values of a decide the split, or weigh the rows."""

    def wrong(name: str, values: str, facts: tuple[str, ...], **changed: Any) -> WrongValue:
        rows = zip(values.split(), "xyxy", strict=True)
        content = f"{HEADER}\n" + "".join(f"{value},{n},{kind}\n" for n, (value, kind) in enumerate(rows))
        return WrongValue(
            name, content, "preprocess", facts, changed={"validate": {"may_be_missing": ["a"]}, "preprocess": changed}
        )

    facts: tuple[str, ...]
    by, group = {"test": 2, "order": "chronological", "by": "a"}, {"test": 2}
    key = {"order": "hash", "key": "a", "test": 0.5}
    yield wrong("a gap in the order", "1 ? 3 4", ("column a", "none in row 1"), split=by)
    yield wrong("a word among times", "2024-01-01 soon 2024-01-02 ?", ("column a", "'soon' in row 1"), split=by)
    yield wrong("rows of one time", "5 5 5 5", ("column a has 1 different values", "train and test"), split=by)
    yield wrong("a gap in the key", "p ? q q", ("column a has no value in rows 1",), split=key)
    yield wrong("one key for all rows", "p p p p", ("none of the 1 values of a falls into",), split=key)
    facts = ("column a has no value in rows 1",)
    yield wrong("a gap in the group", "p ? q q", facts, split=group, columns={"a": "group"})
    facts = ("column a has 1 groups", "train and test")
    yield wrong("one group for all rows", "p p p p", facts, split=group, columns={"a": "group"})
    facts = ("columns.a", "-1.0 in row 1, nan in row 2")
    yield wrong("a negative weight and none", "1 -1 ? 2", facts, columns={"a": "weight"})
    yield wrong("a word for a weight", "1 two 1 1", ("columns.a", "a weight is a number"), columns={"a": "weight"})
    facts = ("all weights of the test split are 0",)
    yield wrong("no weight in test", "1 1 0 0", facts, columns={"a": "weight"})


def wrong_classes() -> Iterator[WrongValue]:
    facts: tuple[str, ...]
    one_class = ("target kind", "'x'")
    yield WrongValue("one class", with_kinds("xxxx"), "preprocess", one_class)
    yield WrongValue("one class in training", with_kinds("xxyx"), "preprocess", one_class)
    unseen = ("target kind", "test split", "stratified")
    yield WrongValue("a class that training never has", with_kinds("xyxz"), "preprocess", (*unseen, "'z'"))
    yield WrongValue("a class in upper case", with_kinds("xyxY"), "preprocess", (*unseen, "'Y'"))
    classes = {"download": {"classes": {"kind": ["x", "y"]}}}
    facts = ("expect_column_values_to_be_in_set(column: kind, value_set: [x, y]): 1 of 4 rows", "row 3 of all (z)")
    yield WrongValue("a class that conf does not name", with_kinds("xyxz"), "validate", facts, changed=classes)
    stratified = {"preprocess": {"split": {"test": 2, "order": "stratified"}}}
    facts = ("stratified", "'z'")
    yield WrongValue("a class with one row, stratified", with_kinds("xyxyz"), "preprocess", facts, changed=stratified)
    yield WrongValue("one row", ONE_ROW, "preprocess", ("2 test", "0 validation", "1 rows"))
    share = {"preprocess": {"split": {"test": 0.2}}}
    yield WrongValue("one row and a share", ONE_ROW, "preprocess", ("0.2", "1 rows"), changed=share)
    no_split: dict[str, Any] = {"preprocess": {"split": {}}}
    yield WrongValue("one row for training", ONE_ROW, "preprocess", one_class, changed=no_split)
    no_label = GOOD.replace("5,y", "5,")
    facts = ("expect_column_values_to_not_be_null(column: kind): 1 of 4 rows", "row 1 of all (nothing)")
    yield WrongValue("no label", no_label, "validate", facts)
    may_be_missing = {"validate": {"may_be_missing": ["kind"]}}
    facts = ("column kind", "label", "rows 1")
    yield WrongValue("an allowed missing label", no_label, "preprocess", facts, changed=may_be_missing)


def wrong_text_files() -> Iterator[WrongValue]:
    facts: tuple[str, ...] = ("line 3", "0xe9", "utf-8", "format.encoding")
    yield WrongValue("not UTF-8", GOOD.replace("y", "é").encode("latin-1"), "download", facts)
    zero_byte = ("0x00", "format.encoding")
    yield WrongValue("UTF-16", GOOD.encode("utf-16"), "download", ("line 1", *zero_byte))
    yield WrongValue("UTF-16 without a mark", GOOD.encode("utf-16-le"), "download", ("line 1", *zero_byte))
    yield WrongValue("a zero byte", GOOD.replace("5,y", "5,\0y"), "download", ("line 3", *zero_byte))
    facts = ("line 1", "1.5, 2", "header: false")
    yield WrongValue("no header", "1.5,2,x\n2,5,y\n", "download", facts)
    no_header = GOOD.removeprefix(f"{HEADER}\n")
    yield WrongValue("no header, of integers", no_header, "validate", (*NO_COLUMNS, "unexpected '1'"))
    yield WrongValue("an open quote", GOOD.replace("5,y", '5,"y'), "download", ("line 3", "quote"))
    swallowed = GOOD.replace("5,y", '5,"y').replace("7,y", '7,y"')
    yield WrongValue("a quote closed two lines later", swallowed, "download", ("line 3", "quote: none", "line_breaks"))
    yield WrongValue(
        "text after a closing quote", GOOD.replace("5,y", '5,"y" z'), "download", ("line 3", "quote: none")
    )
    wide = {"download": {"format": {"separator": "whitespace"}}}
    blanks = GOOD.replace(",", "  ").replace("5  y", "5  y  z")
    yield WrongValue("a blank inside a value", blanks, "download", ("3 fields", "line 3 has 4"), changed=wide)
    yield WrongValue("a trailing comma everywhere", GOOD.replace("\n", ",\n"), "download", ("line 1", "column 4"))
    one_comma = GOOD.replace("5,y", "5,y,")
    yield WrongValue("a trailing comma in one row", one_comma, "download", ("3 fields", "line 3 has 4"))
    commas = f"{HEADER}\n" + no_header.replace("\n", ",\n")
    yield WrongValue("a trailing comma in all rows", commas, "download", ("3 fields", "line 2 has 4"))
    yield WrongValue("a missing field", GOOD.replace("5,y", "y"), "download", ("3 fields", "line 3 has 2"))
    yield WrongValue("a repeated name", GOOD.replace("a,b", "a,a"), "download", ("column 'a'",))
    yield WrongValue("a space in a name", GOOD.replace("a,b", "a, b"), "validate", ("missing 'b'; unexpected ' b'",))
    yield WrongValue("a name in upper case", GOOD.replace("a,b", "a,B"), "validate", ("missing 'b'; unexpected 'B'",))
    for separator in (";", "\t", "|"):
        facts = ("line 1", repr(HEADER.replace(",", separator)), "format.separator", repr(separator))
        yield WrongValue(f"{separator!r} between columns", GOOD.replace(",", separator), "download", facts)
    yield WrongValue("an empty file", "", "download", ("empty file",))
    yield WrongValue("blank lines", "\n\n\n", "download", ("empty file",))
    yield WrongValue("a header without rows", f"{HEADER}\n", "download", ("line 1", "no rows"))
    page = "<html><body>\n<p>404\n</html>\n"
    yield WrongValue("a web page", page, "validate", (*NO_COLUMNS, "unexpected '<ht"))


def wrong_series() -> Iterator[WrongValue]:
    facts: tuple[str, ...]

    def wrong(name: str, content: str, facts: tuple[str, ...], stage: str = "download", **changed: Any) -> WrongValue:
        return WrongValue(name, content, stage, facts, SERIES, changed)

    yield wrong("dates out of order", with_second_day("2020-01-09"), ("row 3 2020-01-03", "2020-01-09"))
    yield wrong("a repeated date", with_second_day("2020-01-01"), ("row 2 2020-01-01",))
    newest_first = "day,price\n2020-01-02,1\n2020-01-01,2\n"
    yield wrong("descending dates", newest_first, ("row 2 2020-01-01", "sort: true"))
    american = DAYS.replace("2020-01-0", "1/").replace(",", "/2020,").replace("day/2020", "day")
    facts = ("column 'day'", "row 1 '1/1/2020'", "'%m/%d/%Y'", "'%d/%m/%Y'")
    yield wrong("dates in another format", american, facts)
    for text in ("yesterday", "01/02/2020", "2020-02-30"):
        facts = ("column 'day'", "ISO 8601", "time_format", "row 2", repr(text))
        yield wrong(f"{text} for a date", with_second_day(text), facts)
    yield wrong("no date", with_second_day(""), ("column 'day'", "ISO 8601", "row 2", "nan"))
    gap = DAYS.replace("01-04", "02-04").replace("01-05", "02-05")
    facts = ("no_gap_is_longer(column: day, days: 2.0): 1 of 5 rows", "row 3 of all (2020-02-04T00:00:00)")
    yield wrong("a gap", gap, facts, "validate", validate={"longest_gap": 2.0})
    yield wrong("one row in a series", "day,price\n2020-01-01,1\n", ("2 test", "1 rows"), "preprocess")
    # Nothing comes before the first rows.
    short = {"split": {"test": 1, "order": "test_first"}}
    facts = ("2 rows", "test split has 1", "window")
    yield wrong("a split shorter than a window", DAYS, facts, "preprocess", preprocess=short)


WRONG_VALUES = [
    *wrong_numbers(),
    *wrong_notations(),
    *wrong_kinds(),
    *wrong_splits_and_weights(),
    *wrong_classes(),
    *wrong_text_files(),
    *wrong_series(),
]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def prepare(content: str | bytes, params: dict[str, Any], changed: dict[str, Any]) -> None:
    """The file, the parameters with `changed` sections, and the guard's copy of a profile that was not accepted yet."""
    data = content if isinstance(content, bytes) else content.encode()
    Path(FILE).write_bytes(data)
    sections = {stage: copy.deepcopy(section) | changed.get(stage, {}) for stage, section in params.items()}
    files = {"all": {"path": FILE, "sha256": hashlib.sha256(data).hexdigest()}}
    csv_format = {"format": "csv"} | sections["download"].pop("format", {})
    sections["download"] |= {"source": "file", "files": files, "format": csv_format}
    write_json(paths.dataset_params(KEY), sections)
    paths.accepted_profile_copy(KEY).parent.mkdir(parents=True, exist_ok=True)
    paths.accepted_profile_copy(KEY).write_text("{}\n")


def processed(content: str, params: dict[str, Any] = TABLE) -> ProcessedData:
    prepare(content, params, {})
    for run in STAGES.values():
        run(KEY)
    return read_processed(paths.processed_data(KEY))


def rows(data: ProcessedData, split: str) -> NDArray[Any]:
    return np.asarray(data.splits[split].inputs["x"])


@wrong_values
@pytest.mark.parametrize("wrong", [pytest.param(wrong, id=wrong.name) for wrong in WRONG_VALUES])
def test_wrong_value_is_reported_by_its_stage(wrong: WrongValue) -> None:
    prepare(wrong.content, wrong.params, wrong.changed)
    for stage, run in STAGES.items():
        if stage == wrong.stage:
            break
        run(KEY)
    with pytest.raises(UserError) as caught:
        STAGES[wrong.stage](KEY)
    message = str(caught.value)
    assert [fact for fact in wrong.facts if fact not in message] == [], message
    assert message.startswith(f"{FILE}: ") == (wrong.stage == "download")
    assert not paths.processed_data(KEY).exists()


UNUSUAL_FILES = {
    "a byte order mark": "\ufeff" + GOOD,
    "Windows line ends": GOOD.replace("\n", "\r\n"),
    "old Mac line ends": GOOD.replace("\n", "\r"),
    "no line end at the end": GOOD.removesuffix("\n"),
    "blank lines between": GOOD.replace("\n", "\n\n"),
    "quotes": GOOD.replace("2,5,y", '"2","5","y"'),
    "numbers with an exponent": GOOD.replace("2,5,y", "2.0,50e-1,y"),
    "spaces around numbers": GOOD.replace("2,5,y", " 2, 5 ,y"),
}


@wrong_values
@pytest.mark.parametrize("content", UNUSUAL_FILES.values(), ids=UNUSUAL_FILES)
def test_unusual_file_is_read_as_meant(content: str) -> None:
    data = processed(content)
    assert rows(data, "train").tolist() == [[1, 2], [2, 5]]
    assert data.fitted.targets["kind"].classes == ["x", "y"]


@wrong_values
def test_line_end_in_quotes_belongs_to_the_value() -> None:
    content = GOOD.replace("5,y", '5,"y\nz"').replace("7,y", '7,"y\nz"')
    data = processed(content, TABLE | {"download": {"format": {"line_breaks": True}}})
    assert data.fitted.targets["kind"].classes == ["x", "y\nz"]


@wrong_values
def test_gap_is_accepted_unless_conf_limits_it() -> None:
    """Markets close, so a row is followed by the next row and not by the next day."""
    data = processed(DAYS.replace("01-05", "01-08"), SERIES)
    assert data.fitted.splits == {"train": 2, "test": 2}


def steps_of(*, series: bool) -> list[str]:
    """The steps that are for series alone, or all others."""
    members = [member for member in get_args(get_args(Step)[0]) if (member in NEED_WINDOW) == series]
    return [name for member in members for name in get_args(member.model_fields["step"].annotation)]


STEP_ARGUMENTS: dict[str, dict[str, Any]] = {
    "divide": {"by": 2.0},
    "drop_outliers": {"above": 3.0},
    # The first column has a negative number.
    "log": {"columns": ["b"], "plus": 8.0},
    "seasonal_difference": {"period": 2},
    "lags": {"rows": [1, 3]},
    "rolling": {"rows": 3},
}


def constant_column(step: str, value: str) -> ProcessedData:
    """The first column is constant in training and differs in the test split."""
    content = f"{HEADER}\n{value},2,x\n{value},2,y\n{value},1,x\n7,-7,y\n"
    prepare(content, TABLE, {"preprocess": {"steps": [{"step": step} | STEP_ARGUMENTS.get(step, {})]}})
    for stage in ("download", "preprocess"):
        STAGES[stage](KEY)
    return read_processed(paths.processed_data(KEY))


@wrong_values
@pytest.mark.parametrize("value", ["0", "5", "-3", "1e-30", "3e38"])
@pytest.mark.parametrize("step", steps_of(series=False))
def test_steps_keep_a_constant_column_finite(step: str, value: str) -> None:
    """Also close to the largest number of 32 bits."""
    data = constant_column(step, value)
    assert all(np.isfinite(rows(data, split)).all() for split in data.splits)


@wrong_values
@pytest.mark.parametrize("value", [5.0, 1e-30, 3e38])
@pytest.mark.parametrize("step", steps_of(series=True))
def test_steps_keep_a_constant_series_finite(step: str, value: float) -> None:
    """The series is constant in training and differs in the test split."""
    params = {
        "targets": "a",
        "split": {"test": 2, "order": "chronological"},
        "window": {"length": 2},
        "steps": [{"step": step} | STEP_ARGUMENTS.get(step, {}), {"step": "standard"}],
    }
    series = Table({"all": pd.DataFrame({"a": [value] * 10 + [1.0, 2.0]})}, kind="series")
    data = preprocess_data(series, Preprocess.model_validate(params))
    for split in data.splits:
        assert np.isfinite(data.inputs(split)["x"]).all()
        assert np.isfinite(data.truth(split)["a"]).all()


def test_constant_column_is_centred_but_not_divided() -> None:
    assert rows(constant_column("standard", "5"), "train")[:, 0].tolist() == [0, 0]
