from pathlib import Path

import pandas as pd
import pytest

from stages.core.artefacts.profile import Profile, profile_text, read_profile
from stages.core.errors import UserError
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import values_of_column

COLUMNS = {
    "n": values_of_column(pd.Series([1.5, 2.0, -1.0])),
    "day": values_of_column(pd.Series([pd.Timestamp("2020-01-02"), pd.Timestamp("2020-03-01"), pd.NaT])),
    "kind": values_of_column(pd.Series(["é", "é", "b"]), is_class=True),
    "none": values_of_column(pd.Series([None] * 3)),
}
PROFILE = compute_profile(COLUMNS, 3, {"test.parquet": "ef", "all.parquet": "ab"})
TEXT = profile_text(PROFILE)


def read(text: str, folder: Path) -> Profile:
    path = folder / "mine.json"
    path.write_text(text, encoding="utf-8")
    return read_profile(path, "write it again")


def test_profile_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read(TEXT, tmp_path) == PROFILE


def test_one_line_for_each_column() -> None:
    lines = TEXT.splitlines()
    assert lines[2] == '  "files": {"all.parquet": "ab", "test.parquet": "ef"},'
    assert lines[6].startswith(
        '    {"name": "kind", "kind": "class", "missing": 0, "distinct": 2, "counts": [["é", 2], '
    )
    assert len(lines) == 3 + 1 + 4 + 2


@pytest.mark.parametrize(
    ("valid", "invalid", "message"),
    [
        ('"cumulative_counts"', '"up_to"', "columns[0].cumulative_counts: missing"),
        ('"kind": "date"', '"kind": "dat"', "columns[1].kind: received 'dat'; did you mean date?"),
        ("2020-01-02", "2020-13-02", "columns[1].quantiles[0]: should be like 2020-01-31 or"),
        ("-1.0", "3.0", "columns[0].quantiles: should ascend"),
        ('"missing": 0', '"missing": -1', "columns[0].missing: should be greater than or equal to 0; received -1"),
        ('"rows": 3', '"rows": 4', "the counts of n, day, kind, none do not add up to 4 rows; write it again"),
        ('"day"', '"n"', "column 'n' occurs more than once; write it again"),
        ('"rows": 3,', '"rows": 3', "not JSON (expected `,` or `}` at line 3 column 3); write it again"),
        ('"rows": 3', '"rows": NaN', "rows: should be a valid integer; received nan; write it again"),
    ],
    ids=["key", "kind", "date", "order", "count", "rows", "repeated column", "comma", "nan"],
)
def test_invalid_profile(valid: str, invalid: str, message: str, tmp_path: Path) -> None:
    assert valid in TEXT
    with pytest.raises(UserError) as caught:
        read(TEXT.replace(valid, invalid, 2 if valid == "2020-01-02" else 1), tmp_path)
    assert caught.value.messages[0].startswith(f"{tmp_path}/mine.json: {message}")
    assert len(caught.value.messages) <= 5
