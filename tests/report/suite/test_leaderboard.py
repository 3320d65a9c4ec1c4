from typing import Any

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.suite_datasets import DatasetTitle
from stages.report.rendering.format_text import DASH
from stages.report.suite.leaderboard import leaderboards
from tests.report.example_records import class_evaluation, value_evaluation


def dataset(key: str, source: str = "same") -> DatasetTitle:
    return DatasetTitle(key=key, title=key.capitalize(), source=source)


def evaluation(value: float, best: float = 0.5, digest: str = "rows", name: str = "majority", **changes: Any) -> Any:
    baseline = {"name": name, "value": best, "improvement": value - best}
    return class_evaluation(headline={"value": value}, best_baseline=baseline, rows_digest=digest, **changes)


def test_models_and_the_best_baseline_are_in_the_order_of_their_values() -> None:
    evaluations = {
        "a": evaluation(0.75, best=0.8, name="gradient_boosting"),
        "b": evaluation(0.9),
        "c": evaluation(0.7),
    }
    (board,) = leaderboards([dataset(key) for key in "abc"], evaluations)
    assert board.title == "Accuracy on the same 4 test samples"
    assert [(row.key, row.value, row.difference) for row in board.rows] == [
        ("b", "90%", DASH),
        ("", "80%", "10 points worse"),
        ("a", "75%", "15 points worse"),
        ("c", "70%", "20 points worse"),
    ]
    assert board.rows[1].title == "best baseline: gradient boosting"


def test_the_lowest_error_is_first() -> None:
    errors = {"a": 2.5, "b": 1.5}
    evaluations: dict[str, EvaluationRecord] = {
        key: value_evaluation(headline={"value": value}, rows_digest="rows") for key, value in errors.items()
    }
    (board,) = leaderboards([dataset("a"), dataset("b")], evaluations)
    assert [(row.key, row.difference) for row in board.rows] == [("b", DASH), ("", "0.5 worse"), ("a", "1 worse")]


def test_a_model_that_equals_the_baseline_is_before_it() -> None:
    (board,) = leaderboards([dataset("a"), dataset("b")], {"a": evaluation(0.4), "b": evaluation(0.5)})
    assert [row.key for row in board.rows] == ["b", "", "a"]


def test_other_rows_sources_and_metrics_are_not_compared() -> None:
    def boards(second: Any, source: str = "same") -> list[Any]:
        return leaderboards([dataset("a"), dataset("b", source)], {"a": evaluation(0.5), "b": second})

    assert len(boards(evaluation(0.6))) == 1
    assert boards(evaluation(0.6, digest="others")) == []
    assert boards(evaluation(0.6), source="other") == []
    assert boards(evaluation(0.6, split="validation")) == []
    other_metric = evaluation(0.6).model_copy(
        update={"headline": evaluation(0.6).headline.model_copy(update={"metric": "macro_f1"})}
    )
    assert boards(other_metric) == []


def test_records_without_a_digest_and_single_datasets_have_no_leaderboard() -> None:
    assert leaderboards([dataset("a"), dataset("b")], {key: class_evaluation() for key in "ab"}) == []
    assert leaderboards([dataset("a", ""), dataset("b", "")], {key: evaluation(0.5) for key in "ab"}) == []
    assert leaderboards([dataset("a"), dataset("b")], {"a": evaluation(0.5)}) == []
