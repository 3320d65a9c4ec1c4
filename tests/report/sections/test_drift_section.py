from typing import Any

import pytest

from stages.core.artefacts.records.validation import ColumnDrift, DriftRecord
from stages.report.rendering.format_text import DASH
from stages.report.sections.drift_section import drift_row, drift_section

COLUMN: dict[str, Any] = {
    "column": "x", "kind": "number", "psi": 0.0, "ks": 0.0, "outside": 0.0, "range": ((0, 1), (0, 1)),
}  # fmt: skip


def column(**changes: Any) -> ColumnDrift:
    return ColumnDrift.model_validate(COLUMN | changes)


def record(*columns: ColumnDrift, rows: int = 8) -> DriftRecord:
    drifted = sum(bool(column.exceeded) for column in columns)
    return DriftRecord(accepted=True, accepted_rows=8, rows=rows, drifted=drifted, columns=[*columns])


def test_without_an_accepted_profile_the_command_is_shown() -> None:
    section = drift_section("mine", DriftRecord(accepted=False))
    assert (section.command, section.rows) == ("restage accept mine", [])
    assert "No profile was accepted yet" in section.summary


def test_without_drift_there_is_no_command() -> None:
    section = drift_section("mine", record(column()))
    assert (section.command, section.more, len(section.rows)) == ("", "", 1)
    assert section.summary == "Compared with the accepted profile: no drift in 1 column; 8 rows, as before."
    assert (section.rows[0].accepted, section.rows[0].now) == ("0 to 1", "0 to 1")


def test_the_range_of_texts_is_in_characters() -> None:
    row = drift_row(column(kind="text", range=((2.0, 40.0), (1.0, 1200.0))))
    assert (row.accepted, row.now) == ("2 to 40 characters", "1 to 1,200 characters")


def test_drifted_columns_are_counted() -> None:
    section = drift_section("mine", record(column(exceeded=["psi"]), column(), rows=1200))
    assert section.command == "restage accept mine"
    assert "1 of 2 columns drifted; 1,200 rows, 8 were accepted" in section.summary


def test_of_many_columns_the_drifted_ones_are_shown_first() -> None:
    section = drift_section("mine", record(*[column()] * 30, column(column="drifted", exceeded=["ks"])))
    assert (section.rows[0].column, len(section.rows)) == ("drifted", 12)
    assert section.more == "19 other columns are within the limits."


@pytest.mark.parametrize(
    ("changes", "exceeded"),
    [
        ({"exceeded": ["psi", "ks", "outside"]}, "PSI, KS, values out of range"),
        ({"exceeded": ["missing"], "missing": (0.0, 0.25)}, "missing 25%, accepted 0%"),
        (
            {"exceeded": ["classes"], "removed": ["a"], "added": list("bcdefgh")},
            "removed: a; added: b, c, d, e, f and 2 more",
        ),
        ({"exceeded": ["classes"], "added": ["b"]}, "added: b"),
        ({"exceeded": ["kind"], "kind": "text"}, "now a text column"),
        ({"exceeded": ["kind"], "kind": "empty"}, "now without a value"),
        ({"exceeded": ["removed"]}, "the column was removed"),
        ({"exceeded": ["added"]}, "the column was added"),
    ],
)
def test_exceeded_limits_are_explained(changes: dict[str, Any], exceeded: str) -> None:
    assert drift_row(column(**changes)).exceeded == exceeded


def test_statistics_that_do_not_apply_are_dashes() -> None:
    row = drift_row(ColumnDrift(column="kind", kind="class", psi=0.5, distinct=(3, 1)))
    assert (row.psi, row.ks, row.accepted, row.now, row.outside) == ("0.500", DASH, "3 classes", "1 class", DASH)


def test_ranges_of_dates() -> None:
    row = drift_row(column(range=((1.0, 2.5), ("2020-01-01", "2020-01-31"))))
    assert (row.accepted, row.now) == ("1 to 2.5", "2020-01-01 to 2020-01-31")
