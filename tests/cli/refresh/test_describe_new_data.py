"""What is printed: counts of rows and classes, and no value of a private column."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from stages.cli.refresh.comparison.compare_data import ColumnChanges, DataChanges, compare_data
from stages.cli.refresh.comparison.compare_with_recorded import Comparison, compare_with_profile
from stages.cli.refresh.describe_new_data import (
    MAX_SHOWN,
    changes_document,
    class_table,
    describe_comparison,
    describe_files,
    describe_moves,
)
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.artefacts.records.refreshed import RowChanges
from stages.core.artefacts.records.validation import DriftRecord
from stages.download.current_hashes import CurrentFile
from stages.validate.all_rows import all_rows
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import column_values
from stages.validate.params import Drift
from tests.cli.refresh.changed_tables import people, preprocess_params, table

NO_DRIFT = DriftRecord(accepted=False)


def row_changes(**counts: int) -> RowChanges:
    usual = dict.fromkeys(("same", "changed", "gone", "added", "moved_out", "moved_in"), 0) | counts
    stayed = usual["same"] + usual["changed"]
    before, now = stayed + usual["gone"] + usual["moved_out"], stayed + usual["added"] + usual["moved_in"]
    return RowChanges(before=before, now=now, **usual)


def numbers_of(line: str) -> list[str]:
    return line.split()[1:]


def test_the_table_of_rows() -> None:
    old, new = table(people()), table(pd.concat([people(), people(1000, first=60)], ignore_index=True))
    lines = list(describe_comparison(Comparison(compare_data(old, new, preprocess_params("in order")), "", NO_DRIFT)))
    by_name = {line.split()[0]: numbers_of(line) for line in lines if line}
    assert by_name["all"] == ["60", "1,060", "60", "0", "0", "1,000", "\N{EN DASH}", "\N{EN DASH}"]
    assert by_name["test"] == ["15", "265", "0", "0", "0", "265", "15", "0"]
    assert by_name["train"] == ["33", "583", "33", "0", "0", "523", "0", "27"]


def test_rows_that_change_sides() -> None:
    assert describe_moves({"train": row_changes(same=3)}, is_table=True).startswith("No row moves")
    moved = {"train": row_changes(moved_out=2), "test": row_changes(moved_in=2)}
    assert describe_moves(moved, is_table=True).startswith("2 rows are in another split")
    assert "key: COLUMN" in describe_moves(moved, is_table=True)
    assert "COLUMN" not in describe_moves(moved, is_table=False), "images and texts have no key"


def test_files() -> None:
    files = {"a": CurrentFile("a.csv", {"1" * 64: "2" * 64}), "b": CurrentFile("b.csv", {"3" * 64: "3" * 64})}
    changed, others = describe_files(files)
    assert changed == "a.csv: 111111111111... is now 222222222222..."
    assert others.startswith("1 other file ")
    many = {str(n): CurrentFile(f"{n}.csv", {f"{n:064}": "2" * 64}) for n in range(15)}
    assert list(describe_files(many))[-1] == "3 other files changed"


def test_classes() -> None:
    lines = list(class_table("kind", {"rose": (3, 0), "aster": (2, 4), "lily": (0, 1), "tulip": (5, 5)}))
    assert [line.split() for line in lines[2:]] == [
        ["rose", "3", "0", "gone"],
        ["aster", "2", "4"],
        ["lily", "0", "1", "new"],
    ]
    many = {f"class{n}": (n, 0) for n in range(1, 31)}
    lines = list(class_table("kind", many))
    assert (len(lines), lines[-1]) == (MAX_SHOWN + 3, "18 other classes changed")
    assert "class30" in lines[-2]


def test_columns() -> None:
    columns = ColumnChanges(["age"], ["town"], [("size", "int64", "str")], {"size": 3})
    changes = DataChanges(row_changes(same=1), {}, columns, {}, "no split")
    lines = list(describe_comparison(Comparison(changes, "", NO_DRIFT)))
    for fact in ("new columns: age", "gone: town", "size (int64, now str)", "size in 3 rows", "no split"):
        assert any(fact in line for line in lines), fact


def test_drift_and_data_that_cannot_be_compared() -> None:
    old = table(people())
    rows = all_rows(old)
    accepted = compute_profile(column_values(old, rows), 60, {})
    drift = compare_with_profile(accepted, table(people().assign(size=99.0)), Drift())
    lines = list(describe_comparison(Comparison(None, "they are gone", drift)))
    assert "they are gone" in lines[0]
    assert "60 rows" in lines[1]
    assert "size (" in lines[2]
    assert compare_with_profile(None, old, Drift()) == NO_DRIFT


def test_no_value_of_a_private_column_is_shown() -> None:
    frame: Any = people().assign(name=[f"secret{n}" for n in range(60)])
    old = replace(table(frame), private=["name"])
    new = Table({"all": frame.assign(name=[f"secret{n * n}" for n in range(60)])}, private=["name"])
    comparison = Comparison(compare_data(old, new, preprocess_params("hash"), ["id"]), "", NO_DRIFT)
    text = "\n".join(describe_comparison(comparison)) + str(changes_document("mine", {}, comparison, [], [], []))
    assert "name in 58 rows" in text
    assert "secret" not in text


def test_a_large_table_is_compared_with_the_profile_by_block(tmp_path: Path) -> None:
    new = table(people(100, first=20))
    rows = all_rows(table(people()))
    accepted = compute_profile(column_values(table(people()), rows), len(people()), {})
    write_raw(replace(new, block_rows=30), tmp_path / "raw")
    large = read_raw(tmp_path / "raw")
    assert isinstance(large, Table)
    assert large.is_large
    found = compare_with_profile(accepted, large, Drift(), tmp_path)
    assert found == compare_with_profile(accepted, new, Drift())
    assert found.accepted
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
