import pytest

from stages.report.format_text import NOTHING
from stages.report.sections.drift_section import drift, line

SAME = {
    "column": "x",
    "kind": "number",
    "exceeded": [],
    "psi": 0.0,
    "ks": 0.0,
    "outside": 0.0,
    "range": [[0, 1], [0, 1]],
}


def found(*columns, drifted=0, rows=(8, 8)):
    return {"accepted": True, "drifted": drifted, "rows": list(rows), "columns": list(columns)}


def test_nothing_accepted_yet_names_the_command():
    shown = drift("mine", {"accepted": False})
    assert (shown.command, shown.lines) == ("restage accept mine", [])
    assert shown.summary.startswith("No profile of these data was accepted yet")


def test_data_as_they_were_need_no_command():
    shown = drift("mine", found(SAME))
    assert (shown.command, shown.more, len(shown.lines)) == ("", "", 1)
    assert shown.summary == "Against the accepted profile: nothing has drifted in 1 column; 8 rows as before."


def test_drift_is_counted_and_can_be_accepted():
    shown = drift("mine", found(SAME | {"exceeded": ["psi"]}, SAME, drifted=1, rows=(8, 1200)))
    assert shown.command == "restage accept mine"
    assert shown.summary == "Against the accepted profile: 1 of 2 columns drifted; 1,200 rows, 8 were accepted."


def test_of_many_columns_those_that_drifted_come_first_and_the_table_stays_short():
    moved = SAME | {"column": "moved", "exceeded": ["ks"]}
    shown = drift("mine", found(*[SAME] * 30, moved, drifted=1))
    assert [shown.lines[0].column, len(shown.lines), shown.more] == ["moved", 12, "19 other columns within the limits."]


@pytest.mark.parametrize(
    ("exceeded", "rest", "said"),
    [
        (["psi", "ks", "outside"], {}, "PSI, KS, values out of range"),
        (["missing"], {"missing": [0.0, 0.25]}, "missing 25%, was 0%"),
        (["classes"], {"gone": ["a"], "new": list("bcdefgh")}, "gone: a; new: b, c, d, e, f and 2 more"),
        (["kind"], {"kind": "text"}, "now a text column"),
        (["gone"], {}, "gone, the whole column"),
    ],
)
def test_what_makes_it_another_column_is_said(exceeded, rest, said):
    assert line(SAME | rest | {"exceeded": exceeded}).said == said


def test_what_a_kind_does_not_have_is_left_out():
    shown = line({"column": "kind", "kind": "class", "exceeded": [], "psi": 0.5, "distinct": [3, 1]})
    assert (shown.psi, shown.ks, shown.then, shown.now, shown.outside) == (
        "0.500",
        NOTHING,
        "3 classes",
        "1 class",
        NOTHING,
    )
