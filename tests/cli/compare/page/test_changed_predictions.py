import shutil
from pathlib import Path

import pytest

from stages.cli.compare.page.changed_predictions import ChangedPredictions, changed_predictions
from stages.cli.revisions.snapshot import open_snapshot
from stages.core.artefacts.raw.raw_files import write_raw
from tests.cli.compare.page.recorded_example import compared, predicted, recorded
from tests.report.example_datasets import ExampleDataset, flowers, prices, two_targets

RIGHT = ["setosa", "versicolor", "virginica", "virginica"]


def better_flowers() -> ExampleDataset:
    """Row 7 is predicted correctly."""
    example = flowers()
    example.predictions = predicted(example.predictions, species_predicted=RIGHT)
    return example


def rows_of(found: ChangedPredictions) -> list[int]:
    return [row.row for target in found.classes for side in target.sides for row in side.rows]


def test_rows_with_their_inputs(repository: Path) -> None:
    with recorded(flowers(), better_flowers()) as (base, head):
        found = changed_predictions(compared(), base, head)
    assert (rows_of(found), found.sentences) == ([7], [])
    assert found.classes[0].sides[0].rows[0].inputs == [("length", "5")]


def test_both_revisions_may_be_commits(repository: Path) -> None:
    with recorded(better_flowers(), flowers()) as (base, _), open_snapshot("after") as head:
        found = changed_predictions(compared(), base, head)
    assert rows_of(found) == [7]
    assert found.classes[0].sides[0].title == "Only base is correct: 1 row"


@pytest.mark.parametrize(("same_rows", "reason"), [(False, "Other rows were predicted"), (None, "It is not known")])
def test_other_rows_are_left_out(same_rows: bool | None, reason: str, repository: Path) -> None:
    with recorded(flowers(), better_flowers()) as (base, head):
        found = changed_predictions(compared(same_rows=same_rows), base, head)
    assert rows_of(found) == []
    assert found.sentences[0].startswith(reason)


def test_predictions_that_are_nowhere(repository: Path) -> None:
    with recorded(flowers(), better_flowers()) as (base, head):
        shutil.rmtree(".dvc/cache")
        (sentence,) = changed_predictions(compared(), base, head).sentences
    assert sentence.startswith("The rows are not compared: data/predictions/mine/details.json: not in DVC's cache")


def test_raw_data_that_are_not_in_the_working_tree(repository: Path) -> None:
    with recorded(flowers(), better_flowers()) as (base, head):
        shutil.rmtree("data/raw/mine")
        found = changed_predictions(compared(), base, head)
    assert rows_of(found) == [7]
    assert found.classes[0].sides[0].rows[0].inputs == []
    assert "dvc pull data/raw/mine" in found.sentences[0]


def test_raw_data_of_another_revision_are_not_shown(repository: Path) -> None:
    other = prices()
    with recorded(flowers(), better_flowers()) as (base, _), open_snapshot("after") as head:
        shutil.rmtree("data/raw/mine")
        write_raw(other.raw, Path("data/raw/mine"))
        found = changed_predictions(compared(), base, head)
    assert found.classes[0].sides[0].rows[0].inputs == []
    assert "other data than after has" in found.sentences[0]


def test_raw_data_may_be_newer_than_the_predictions(repository: Path) -> None:
    with recorded(flowers(), better_flowers()) as (base, head):
        found = changed_predictions(compared(stale=["evaluate", "report"]), base, head)
        with_report = changed_predictions(compared(stale=["report"]), base, head)
    assert "evaluate would run" in found.sentences[0]
    assert with_report.sentences == []


def test_equal_predictions_of_stale_results_are_not_called_the_same(repository: Path) -> None:
    with recorded(flowers(), flowers()) as (base, head):
        assert changed_predictions(compared(), base, head).sentences == ["No predicted class of species differs."]
        assert changed_predictions(compared(stale=["evaluate"]), base, head).sentences == []


def test_each_of_several_targets(repository: Path) -> None:
    head = two_targets()
    head.predictions = predicted(head.predictions, species_predicted=RIGHT)
    with recorded(two_targets(), head) as (base, tree):
        found = changed_predictions(compared(), base, tree)
    assert ([target.target for target in found.classes], found.values) == (["species"], [])
    assert found.sentences == ["No prediction of width differs."]


def test_a_target_that_only_one_revision_has(repository: Path) -> None:
    with recorded(flowers(), two_targets()) as (base, head):
        found = changed_predictions(compared(), base, head)
    assert any(sentence.startswith("width is not a target of both") for sentence in found.sentences)
