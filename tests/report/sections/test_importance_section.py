from typing import Any

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.report.sections.importance_section import importance_section
from tests.report.example_records import class_evaluation, value_evaluation

COLUMNS = [{"column": "length", "mean": 0.2, "spread": 0.05}, {"column": "width", "mean": -0.01, "spread": 0.0}]


def with_importance(evaluation: Any = class_evaluation, columns: Any = COLUMNS, **changes: Any) -> EvaluationRecord:
    fields = {"split": "validation", "rows": 24, "repeats": 5, "columns": columns}
    record: EvaluationRecord = evaluation(importance=fields | changes)
    return record


def test_a_bar_for_each_column() -> None:
    found = importance_section(with_importance())
    assert found.bars == [
        ("length", "20 ± 5 points", "100.0%", False),
        ("width", "\N{MINUS SIGN}1 ± 0 points", "0.0%", False),
    ]
    assert "accuracy" in found.sentence
    assert "5 shuffles" in found.sentence
    assert "24 validation samples" in found.sentence


def test_values_have_the_unit_of_the_metric() -> None:
    found = importance_section(with_importance(value_evaluation, split="test"))
    assert found.bars[0][1] == "0.2 ± 0.05"
    assert "24 test samples" in found.sentence


def test_no_column_matters() -> None:
    columns = [{"column": name, "mean": 0.0, "spread": 0.0} for name in "ab"]
    assert [bar[2] for bar in importance_section(with_importance(columns=columns)).bars] == ["0.0%", "0.0%"]


def test_the_most_important_columns_are_shown_and_the_others_counted() -> None:
    columns = [{"column": f"c{number}", "mean": 1 / (number + 1), "spread": 0.0} for number in range(23)]
    found = importance_section(with_importance(columns=columns))
    assert len(found.bars) == 20
    assert found.note == "3 less important columns are not shown."


def test_the_reason_why_it_was_not_measured() -> None:
    assert importance_section(class_evaluation()).sentence == "It was not measured."
    found = importance_section(with_importance(columns=[], left_out="there is only one column"))
    assert (found.sentence, found.bars) == ("It was not measured: there is only one column.", [])
