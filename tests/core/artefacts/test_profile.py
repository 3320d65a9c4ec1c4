from pathlib import Path

import pandas as pd
import pytest

from stages.core.artefacts.profile import profile_text, read_profile
from stages.core.errors import UserError
from stages.validate.column_values import values_of
from stages.validate.drift.compute_profile import profile_of

COLUMNS = {
    "n": values_of(pd.Series([1.5, 2.0, -1.0])),
    "day": values_of(pd.Series([pd.Timestamp("2020-01-02"), pd.Timestamp("2020-03-01"), pd.NaT])),
    "kind": values_of(pd.Series(["é", "é", "b"]), named=True),
    "none": values_of(pd.Series([None] * 3)),
}
PROFILE = profile_of(COLUMNS, 3, {"test.parquet": "ef", "all.parquet": "ab"})
TEXT = profile_text(PROFILE)


def read(text: str, folder: Path) -> object:
    file = folder / "mine.json"
    file.write_text(text, encoding="utf-8")
    return read_profile(file, "mend it")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert read(TEXT, tmp_path) == PROFILE


def test_each_column_has_its_line() -> None:
    lines = TEXT.splitlines()
    assert lines[2] == '  "files": {"all.parquet": "ab", "test.parquet": "ef"},'
    assert lines[6].startswith(
        '    {"name": "kind", "kind": "class", "missing": 0, "distinct": 2, "counts": [["é", 2], '
    )
    assert len(lines) == 3 + 1 + 4 + 2


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('"cumulative_counts"', '"up_to"', "columns[0].cumulative_counts: missing; it has no default"),
        ('"kind": "date"', '"kind": "dat"', "columns[1].kind: received 'dat'; did you mean date?"),
        ("2020-01-02", "2020-13-02", "columns[1].quantiles[0]: should be like 2020-01-31 or"),
        ("-1.0", "3.0", "columns[0].quantiles: should ascend"),
        ('"missing": 0', '"missing": -1', "columns[0].missing: should be greater than or equal to 0; received -1"),
        ('"rows": 3', '"rows": 4', "the counts of n, day, kind, none do not add up to 4 rows; mend it"),
        ('"day"', '"n"', "a column is there twice; mend it"),
        ('"rows": 3,', '"rows": 3', "not JSON (expected `,` or `}` at line 3 column 3); mend it"),
        ('"rows": 3', '"rows": NaN', "rows: should be a valid integer; received nan; mend it"),
    ],
    ids=["key", "kind", "date", "order", "count", "rows", "twice", "comma", "nan"],
)
def test_a_mistake_is_told_with_its_place(was: str, now: str, told: str, tmp_path: Path) -> None:
    assert was in TEXT
    with pytest.raises(UserError) as caught:
        read(TEXT.replace(was, now, 2 if was == "2020-01-02" else 1), tmp_path)
    assert caught.value.messages[0].startswith(f"{tmp_path}/mine.json: {told}")
    assert len(caught.value.messages) <= 5
