"""What stands in people's files, led through download, validate and preprocess: a sentence in time, or what was meant.

A row is one fault: the file, what conf/ says otherwise than usual, the stage that tells, and a part of what it says.
Where no stage tells, the rest is what comes out of it.
"""

import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import yaml

from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.errors import UserError
from stages.download import __main__ as download
from stages.preprocess import __main__ as preprocess
from stages.preprocess.params import Step
from stages.validate import __main__ as validate
from tests.run_in_process import published

KEY, FILE = "flowers", "flowers.csv"
ENTRIES = {"download": download, "validate": validate, "preprocess": preprocess}
STAGES = {name: published(entry.run) for name, entry in ENTRIES.items()}
TABLE = {
    "download": {},
    "validate": {"columns": ["a", "b", "kind"]},
    "preprocess": {"targets": "kind", "labels": "one_hot", "split": {"test": 2, "order": "chronological"}},
}
SERIES = {
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
NOT_NULL = "expect_column_values_to_not_be_null(column: a): 1 of 4 rows, first row 1 of all (nothing)"
NO_NUMBER = "column a: 1 of 4 values are not numbers: {!r} in row 1;"
FINITE = "every_number_is_finite(columns: [a]): 1 of 4 rows, first row 1 of all ({})"
UNSEEN = "target kind: 'z' in the test split is not in the training rows; use split.order: stratified"
ONE_CLASS = "target kind: every training row is 'x';"
NOT_LATER = "each time must be later than the one before; 1 are not: row {}"
NO_DATE = "column 'day': 1 values are not ISO 8601 dates; set time_format for another format: row 2 {}"


@dataclass(frozen=True)
class Fault:
    what: str
    content: str | bytes
    stage: str
    says: str
    base: dict[str, Any] = field(default_factory=lambda: TABLE)
    conf: dict[str, Any] = field(default_factory=dict)


def number(written: str) -> str:
    """The second row's first number otherwise."""
    return GOOD.replace(SECOND, f"{written},5,y")


def labelled(*kinds: str) -> str:
    return f"{HEADER}\n" + "".join(f"{n},{n * n},{kind}\n" for n, kind in enumerate(kinds))


def dated(second: str) -> str:
    return DAYS.replace("2020-01-02", second)


def errors() -> Iterator[Fault]:
    yield from _numbers()
    yield from _classes()
    yield from _texts()
    yield from _series()


def _numbers() -> Iterator[Fault]:
    for written in ("", "?", "NA", "NaN", "nan", "null"):
        yield Fault(f"{written!r} for a number", number(written), "validate", NOT_NULL)
    known = {"download": {"format": {"missing": ["NA"]}}}
    yield Fault("'?' that conf does not know", number("?"), "preprocess", NO_NUMBER.format("?"), conf=known)
    may_be = {"validate": {"may_be_missing": ["a"]}}
    yield Fault("a gap that may be", number("?"), "preprocess", "column a: missing or infinite in rows 1", conf=may_be)
    for written in ("inf", "-inf", "Infinity", "1e999", "-1e999"):
        shown = "-inf" if written[0] == "-" else "inf"
        yield Fault(f"{written} for a number", number(written), "validate", FINITE.format(shown))
    for written in ("two", "-", "1_000", "1 000", "٣", "2020-01-01", "true", "=1+1", "$5"):
        yield Fault(f"{written!r} among numbers", number(written), "preprocess", NO_NUMBER.format(written))
    yield Fault(
        "a decimal comma", number("1,5"), "download", "1 do not have 3 fields, one for each column name; line 3"
    )
    large = "column a: too large for 32 bits: 1e+39 in row 1; give it in a larger unit"
    yield Fault("a number that 32 bits do not hold", number("1e39"), "preprocess", large)
    tiny = {"preprocess": {"steps": [{"step": "divide", "by": 1e-300}]}}
    yield Fault("a step that makes one", GOOD, "preprocess", "the steps make a number too large for 32 bits", conf=tiny)
    nothing = GOOD.replace("1,2,", "1,,").replace("2,5,", "2,,").replace("3,1,", "3,,").replace("4,7,", "4,,")
    yield Fault("a column of nothing", nothing, "validate", "expect_column_values_to_not_be_null(column: b): 4 of 4")
    yield Fault("a column of texts", GOOD.replace("1,2", "p,2").replace("2,5", "q,5").replace("3,1", "r,1").replace(
        "4,7", "s,7"), "preprocess", "column a holds str, not numbers; leave it out")  # fmt: skip


def _classes() -> Iterator[Fault]:
    yield Fault("one class", labelled(*"xxxx"), "preprocess", ONE_CLASS)
    yield Fault("one class in training", labelled(*"xxyx"), "preprocess", ONE_CLASS)
    yield Fault("a class that training never saw", labelled(*"xyxz"), "preprocess", UNSEEN)
    yield Fault("a class in other letters", labelled("x", "y", "x", "Y"), "preprocess", UNSEEN.replace("'z'", "'Y'"))
    declared = {"download": {"classes": {"kind": ["x", "y"]}}}
    not_in = "expect_column_values_to_be_in_set(column: kind, value_set: [x, y]): 1 of 4 rows, first row 3 of all (z)"
    yield Fault("a class that conf does not name", labelled(*"xyxz"), "validate", not_in, conf=declared)
    fair = {"preprocess": {"split": {"test": 2, "order": "stratified"}}}
    alone = "'z' has only one; take it out of the data"
    yield Fault("a class with one row, stratified", labelled(*"xyxyz"), "preprocess", alone, conf=fair)
    yield Fault("one row", f"{HEADER}\n{FIRST}\n", "preprocess", "2 test and 0 validation of 1 rows leaves no rows")
    share = {"preprocess": {"split": {"test": 0.2}}}
    yield Fault("one row, a share", f"{HEADER}\n{FIRST}\n", "preprocess", "0.2 of 1 rows is no row at all", conf=share)
    yield Fault(
        "one row to learn from", f"{HEADER}\n{FIRST}\n", "preprocess", ONE_CLASS, conf={"preprocess": {"split": {}}}
    )
    no_label = "expect_column_values_to_not_be_null(column: kind): 1 of 4 rows, first row 1 of all (nothing)"
    yield Fault("no label", GOOD.replace("5,y", "5,"), "validate", no_label)
    may_be = {"validate": {"may_be_missing": ["kind"]}}
    told = "column kind: no label in rows 1; take those rows out of the data"
    yield Fault("no label, which may be", GOOD.replace("5,y", "5,"), "preprocess", told, conf=may_be)


def _texts() -> Iterator[Fault]:
    latin = GOOD.replace("y", "é").encode("latin-1")
    yield Fault("not UTF-8", latin, "download", "line 3: byte 0xe9 is not utf-8; set format.encoding")
    nul = "line 1: byte 0x00, which is no text; set format.encoding, for example utf-16"
    yield Fault("UTF-16", GOOD.encode("utf-16"), "download", nul)
    yield Fault("UTF-16 without a mark", GOOD.encode("utf-16-le"), "download", nul)
    yield Fault("a zero byte", GOOD.replace("5,y", "5,\0y"), "download", nul.replace("line 1", "line 3"))
    yield Fault("no header", "1.5,2,x\n2,5,y\n", "download", "line 1: 1.5, 2 are values, not names; set header: false")
    whole = "expect_table_columns_to_match_set(column_set: [a, b, kind]): missing 'a', 'b', 'kind'; unexpected '1'"
    yield Fault("no header, of whole numbers", GOOD.removeprefix(f"{HEADER}\n"), "validate", whole)
    yield Fault("a quote that never ends", GOOD.replace("5,y", '5,"y'), "download", "line 3: a quote opens here")
    yield Fault("a trailing comma everywhere", GOOD.replace("\n", ",\n"), "download", "line 1: column 4 has no name")
    short = "do not have 3 fields, one for each column name; line"
    yield Fault("a trailing comma in one row", GOOD.replace("5,y", "5,y,"), "download", f"1 {short} 3 has 4")
    rows = f"{HEADER}\n" + GOOD.removeprefix(f"{HEADER}\n").replace("\n", ",\n")
    yield Fault("a trailing comma in all rows", rows, "download", f"4 {short} 2 has 4")
    yield Fault("a field too few", GOOD.replace("5,y", "y"), "download", f"1 {short} 3 has 2")
    twice = "column 'a' occurs 2 times; rename all but one"
    yield Fault("a name twice", GOOD.replace("a,b", "a,a"), "download", twice)
    yield Fault("a space in a name", GOOD.replace("a,b", "a, b"), "validate", "missing 'b'; unexpected ' b'")
    yield Fault("a name in other letters", GOOD.replace("a,b", "a,B"), "validate", "missing 'b'; unexpected 'B'")
    for sign in (";", "\t", "|"):
        told = f"line 1: one column, {HEADER.replace(',', sign)!r}; set format.separator to {sign!r}"
        yield Fault(f"{sign!r} between columns", GOOD.replace(",", sign), "download", told)
    yield Fault("an empty file", "", "download", "empty file")
    yield Fault("blank lines", "\n\n\n", "download", "empty file")
    yield Fault("a header and no row", f"{HEADER}\n", "download", "line 1: a header and no rows after it")
    yield Fault(
        "a web page", "<html><body>\n<p>404\n</html>\n", "validate", "missing 'a', 'b', 'kind'; unexpected '<ht"
    )


def _series() -> Iterator[Fault]:
    def fault(what: str, content: str, says: str, stage: str = "download", **conf: Any) -> Fault:
        return Fault(what, content, stage, says, SERIES, conf)

    yield fault(
        "dates out of order", dated("2020-01-09"), NOT_LATER.format("3 2020-01-03 00:00:00+00:00 after 2020-01-09")
    )
    yield fault("a date twice", dated("2020-01-01"), NOT_LATER.format("2 2020-01-01"))
    yield fault("from the last to the first", "day,price\n2020-01-02,1\n2020-01-01,2\n", NOT_LATER.format("2 "))
    for written in ("yesterday", "01/02/2020", "2020-02-30"):
        yield fault(f"{written} for a date", dated(written), NO_DATE.format(repr(written)))
    yield fault("no date", dated(""), NO_DATE.format("nan"))
    gap = "no_gap_is_longer(column: day, days: 2.0): 1 of 5 rows, first row 3 of all (2020-02-04T00:00:00)"
    late = DAYS.replace("01-04", "02-04").replace("01-05", "02-05")
    yield fault("a gap", late, gap, "validate", validate={"longest_gap": 2.0})
    yield fault("one row", "day,price\n2020-01-01,1\n", "2 test and 0 validation of 1 rows", "preprocess")
    window = {"split": {"test": 1, "order": "chronological"}}
    told = "need 2 rows, but the test split has 1; use a shorter window or a larger split"
    yield fault("a split shorter than a window", DAYS, told, "preprocess", preprocess=window)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def given(content: str | bytes, base: dict[str, Any], conf: dict[str, Any]) -> None:
    written = content if isinstance(content, bytes) else content.encode()
    Path(FILE).write_bytes(written)
    params = {stage: copy.deepcopy(section) | conf.get(stage, {}) for stage, section in base.items()}
    files = {"all": {"path": FILE, "sha256": hashlib.sha256(written).hexdigest()}}
    form = {"format": "csv"} | params["download"].pop("format", {})
    params["download"] |= {"source": "file", "files": files, "format": form}
    paths.PARAMS.write_text(yaml.safe_dump({"datasets": {KEY: params}}))
    paths.accepted_profile_copy(KEY).parent.mkdir(parents=True, exist_ok=True)
    paths.accepted_profile_copy(KEY).write_text("{}\n")  # as the guard says that nothing was


def outcome(content: str | bytes, base: dict[str, Any] = TABLE, conf: dict[str, Any] | None = None) -> ProcessedData:
    given(content, base, conf or {})
    for run in STAGES.values():
        run(KEY)
    return read_processed(paths.processed_data(KEY))


@pytest.mark.fault("values told")
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.what) for fault in errors()])
def test_a_fault_is_told(fault: Fault) -> None:
    given(fault.content, fault.base, fault.conf)
    for stage, run in STAGES.items():
        if stage == fault.stage:
            break
        run(KEY)
    with pytest.raises(UserError) as caught:
        run(KEY)
    first = caught.value.messages[0]
    assert fault.says in str(caught.value)
    assert first.startswith(f"{FILE}: ") == (stage == "download")
    assert not paths.processed_data(KEY).exists()


MEANT = {
    "a byte order mark": "\ufeff" + GOOD,
    "Windows' line ends": GOOD.replace("\n", "\r\n"),
    "old Macs' line ends": GOOD.replace("\n", "\r"),
    "no end of the last line": GOOD.removesuffix("\n"),
    "blank lines between": GOOD.replace("\n", "\n\n"),
    "quotes": GOOD.replace("2,5,y", '"2","5","y"'),
    "numbers with an exponent": GOOD.replace("2,5,y", "2.0,50e-1,y"),
    "spaces around numbers": GOOD.replace("2,5,y", " 2, 5 ,y"),
}


@pytest.mark.fault("values told")
@pytest.mark.parametrize("content", MEANT.values(), ids=MEANT)
def test_what_is_no_fault_is_what_was_meant(content: str) -> None:
    found = outcome(content)
    assert found.splits["train"].inputs["x"].tolist() == [[1, 2], [2, 5]]
    assert found.fitted.targets["kind"].classes == ["x", "y"]


@pytest.mark.fault("values told")
def test_a_line_end_in_quotes_is_part_of_the_value() -> None:
    found = outcome(GOOD.replace("5,y", '5,"y\nz"').replace("7,y", '7,"y\nz"'))
    assert found.fitted.targets["kind"].classes == ["x", "y\nz"]


@pytest.mark.fault("values told")
def test_a_gap_is_no_fault_where_nobody_says_so() -> None:
    """Markets close. Days are not numbers here: rows follow each other."""
    found = outcome(DAYS.replace("01-05", "01-08"), SERIES)
    assert found.fitted.splits == {"train": 2, "test": 1}


def steps() -> list[str]:
    """Every one that there is, so that a new one is tried too."""
    members = get_args(get_args(Step)[0])
    return [name for member in members for name in get_args(member.model_fields["step"].annotation)]


SETTINGS = {"divide": {"by": 2.0}, "drop_outliers": {"above": 3.0}}


def constant(step: str, value: str) -> ProcessedData:
    """Beside a column that is not, and with a held-out row that differs from it."""
    content = f"{HEADER}\n{value},2,x\n{value},2,y\n{value},1,x\n7,-7,y\n"
    given(content, TABLE, {"preprocess": {"steps": [{"step": step} | SETTINGS.get(step, {})]}})
    for stage in ("download", "preprocess"):
        STAGES[stage](KEY)
    return read_processed(paths.processed_data(KEY))


@pytest.mark.fault("values told")
@pytest.mark.parametrize("value", ["0", "5", "-3", "1e-30"])
@pytest.mark.parametrize("step", steps())
def test_a_constant_column_stays_finite(step: str, value: str) -> None:
    for split in constant(step, value).splits.values():
        assert np.isfinite(split.inputs["x"]).all()


@pytest.mark.fault("values told")
@pytest.mark.parametrize("step", steps())
def test_a_column_at_the_end_of_what_32_bits_hold(step: str) -> None:
    """No step takes it for an infinity, or makes one of it."""
    for split in constant(step, "3e38").splits.values():
        assert np.isfinite(split.inputs["x"]).all()


def test_a_constant_column_is_centred_and_not_divided() -> None:
    assert constant("standard", "5").splits["train"].inputs["x"][:, 0].tolist() == [0, 0]
