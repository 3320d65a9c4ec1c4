import shutil
from pathlib import Path
from typing import Any

import pytest

from stages.cli.compare.comparison import Comparison, DatasetComparison, RevisionName
from stages.cli.compare.page.write_page import page_text, write_page
from stages.cli.revisions.snapshot import Snapshot
from stages.core.artefacts.raw.raw_data import Table
from tests.cli.compare.page.recorded_example import compared, predicted, recorded
from tests.report.example_datasets import CLASSES, ExampleDataset, flowers
from tests.report.html_reader import PageReader

HTML_CLASS = "<script>alert(1)</script>"
OTHER_HISTORY = "epoch,loss,accuracy,val_loss,val_accuracy\n1,1.0,0.4,1.1,0.3\n2,0.4,0.9,0.5,0.8\n"


def comparison(*datasets: DatasetComparison, **fields: Any) -> Comparison:
    values: dict[str, Any] = {
        "base": RevisionName(name="before", commit="0123456789", title="Add <b> & wine"),
        "head": RevisionName(name="working tree", commit=None, uncommitted=2),
        "datasets": list(datasets),
        "unchanged": [],
    }
    return Comparison.model_validate(values | fields)


def changed_flowers(classes: list[str] = CLASSES) -> ExampleDataset:
    """Row 7 is predicted correctly, and the training has another history."""
    example = flowers(classes)
    example.history = OTHER_HISTORY
    truth = list(example.predictions.classes["species_truth"])
    example.predictions = predicted(example.predictions, species_predicted=truth)
    return example


def read(found: Comparison, base: Snapshot, head: Snapshot) -> PageReader:
    return PageReader(page_text(found, base, head))


def test_a_dataset_that_differs(repository: Path) -> None:
    with recorded(flowers(), changed_flowers()) as (base, head):
        page = read(comparison(compared()), base, head)
    assert "before (01234567, Add <b> & wine)" in page.text
    assert "working tree (2 files not committed)" in page.text
    assert "1 dataset differs. By the headline metric: 1 better." in page.text
    assert page.links[0] == "#dataset-mine"
    assert "dataset-mine" in page.ids
    assert "50% → 75%" in page.text
    assert "Validation loss base, best: epoch 2 head, best: epoch 2" in page.text
    assert "Only head is correct: 1 row" in page.text
    assert "virginica row 7" in page.text
    assert "script" not in page.tags
    assert [link for link in page.links if not link.startswith(("#", "data:"))] == []


def test_the_same_bits(repository: Path) -> None:
    with recorded(flowers(), changed_flowers()) as (base, head):
        for name in ("first.html", "second.html"):
            write_page(comparison(compared()), base, head, Path(name))
    assert Path("first.html").read_bytes() == Path("second.html").read_bytes()
    assert str(repository) not in Path("first.html").read_text()


def test_names_are_text(repository: Path) -> None:
    classes = ["setosa", "versicolor", HTML_CLASS]
    dataset = compared(
        title=HTML_CLASS,
        parameters=[{"name": HTML_CLASS, "base": HTML_CLASS, "head": 1}],
        checks=[{"name": HTML_CLASS, "base": HTML_CLASS, "head": None, "failed": True}],
        drift=[{"column": HTML_CLASS, "exceeded": [HTML_CLASS]}],
        unknown=[HTML_CLASS],
    )
    with recorded(flowers(classes), changed_flowers(classes)) as (base, head):
        page = read(comparison(dataset, unchanged=[HTML_CLASS], unknown=[HTML_CLASS]), base, head)
    assert "script" not in page.tags
    # In the card as the truth, as the prediction of head, and above the bars.
    assert page.text.count(HTML_CLASS) > 10


def test_private_values_are_not_in_the_page(repository: Path) -> None:
    examples = flowers(), changed_flowers()
    for example in examples:
        assert isinstance(example.raw, Table)
        frame = example.raw.frames["all"].assign(length=[1234.5 + row for row in range(8)])
        example.raw = Table({"all": frame}, classes=example.raw.classes, private=["length"])
    with recorded(*examples) as (base, head):
        page = read(comparison(compared()), base, head)
    assert "length private" in page.text
    assert "1241" not in page.text


def test_each_kind_of_difference(repository: Path) -> None:
    dataset = compared(
        same_metrics=3,
        parameters=[
            {"name": "train.epochs", "base": 3, "head": 5},
            {"name": "train.model.units", "head": [8, 4], "base_set": False},
        ],
        checks=[{"name": "rows", "base": "passed", "head": "12 unexpected", "failed": True}],
        drift=[{"column": "length", "exceeded": ["psi"]}],
        sizes=[{"name": "model parameters", "base": 15, "head": 1500}],
        stages=[{"stage": "train", "inputs": ["parameters", "code"], "seconds": 2.25}],
        stale=["report", "export"],
        base_stale=["train"],
        accepted_profile="new",
        unknown=["rmse: too few rows", "mae: too few rows"],
    )
    with recorded(flowers(), changed_flowers()) as (base, head):
        page = read(comparison(dataset), base, head)
    for text in (
        "3 other metrics are the same.",
        "train.epochs 3 5",
        "train.model.units not set [8, 4]",
        "rows passed 12 unexpected",
        "length none psi",
        "model parameters 15 1,500 +1,485",
        "train parameters, code 2.2",
        "The results of head are not those of its parameters, code and data. These stages would run: report, export.",
        "The results of base are not",
        "The accepted profile is new.",
        "stale; accepted profile new; rows fails; length drifted; train.epochs 3 → 5; train.model.units not set →",
        "Not compared rmse, mae: too few rows",
    ):
        assert text in page.text, text


def test_new_and_removed_datasets_are_a_line_with_their_values(repository: Path) -> None:
    metric = {
        "name": "rmse", "headline": True, "better": "lower", "base": None, "head": 2.5, "change": None,
        "relative": None, "improvement": None, "result": "new",
    }  # fmt: skip
    removed = {**metric, "base": 1.5, "head": None, "result": "removed"}
    found = comparison(
        DatasetComparison.model_validate(
            {
                "key": "added",
                "title": "Added",
                "state": "new",
                "metrics": [metric],
                "best_baseline": {"name": "linear", "value": 2.25, "improvement": -0.25},
            }
        ),
        DatasetComparison.model_validate({"key": "gone", "state": "removed", "metrics": [removed]}),
        DatasetComparison.model_validate({"key": "lost", "state": "removed", "unknown": ["no metrics"]}),
    )
    with recorded(flowers(), flowers()) as (base, head):
        page = read(found, base, head)
    assert "3 datasets differ. 1 is new. 2 are removed." in page.text
    assert "Added added new Root mean squared error 2.5, worse than the best baseline, linear (2.25)" in page.text
    assert "gone removed Root mean squared error 1.5" in page.text
    assert "lost removed not known Not compared: no metrics" in page.text
    assert {link.removeprefix("#") for link in page.links} == {"new-and-removed"}


def test_what_no_cache_has_is_said(repository: Path) -> None:
    with recorded(flowers(), changed_flowers()) as (base, head):
        shutil.rmtree(".dvc/cache")
        page = read(comparison(compared(same_rows=None)), base, head)
    assert "The training curves are not known: reports/history/mine.csv: not in DVC's cache" in page.text
    assert "It is not known whether the same rows were predicted" in page.text


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"same_metrics": 8, "same_headline": {"name": "accuracy", "value": 0.5}}, "Accuracy: 50% in both"),
        ({"same_headline": {"name": "y.rmse", "value": 2.5}, "stale": ["report"]}, "squared error: 2.5 in both, stale"),
        (
            {"same_headline": {"name": "y.rmse", "value": 2.5}, "stale": ["train", "evaluate", "report"]},
            "squared error: 2.5 in base; stale",
        ),
        ({"unknown": ["metrics: damaged"]}, "the metrics are not known"),
        ({"state": "unchanged", "unknown": ["sizes: damaged"]}, "no difference is known; not compared: sizes: damaged"),
    ],
)
def test_a_dataset_without_a_changed_headline_metric(fields: dict[str, Any], note: str, repository: Path) -> None:
    with recorded(flowers(), flowers()) as (base, head):
        page = read(comparison(compared(metrics=[], sizes=[{"name": "a", "base": 1, "head": 2}], **fields)), base, head)
    assert note in page.text
    assert ("#dataset-mine" in page.links) == (fields.get("state") != "unchanged")


def test_nothing_differs(repository: Path) -> None:
    with recorded(flowers(), flowers()) as (base, head):
        page = read(comparison(unchanged=["iris", "wine"], unknown=["stale stages: DVC is busy"]), base, head)
    assert "No dataset differs. 2 datasets are the same: iris, wine." in page.text
    assert "stale stages: DVC is busy" in page.text
    assert "table" not in page.tags


def test_datasets_whose_stages_alone_differ_are_counted(repository: Path) -> None:
    stages = [{"stage": "train", "inputs": ["code"]}]
    found = comparison(*(compared(key=key, metrics=[], stages=stages, stale=["report"]) for key in ("iris", "wine")))
    with recorded(flowers(), flowers()) as (base, head):
        page = read(found, base, head)
    assert "The results of the working tree are not those of its parameters, code and data: iris, wine" in page.text
    assert "2 datasets with unchanged but stale results (iris, wine)" in page.text
    assert "stages: train (code)." in page.text
    assert "table" not in page.tags


def test_suites(repository: Path) -> None:
    with recorded(flowers(), flowers()) as (base, head):
        page = read(comparison(suites=[{"name": "starter", "added": ["mine"]}]), base, head)
    assert "Suite starter: with mine." in page.text


def test_equal_results_of_other_parameters(repository: Path) -> None:
    with recorded(flowers(), flowers()) as (base, head):
        page = read(comparison(compared(metrics=[], parameters=[{"name": "report.about", "head": "a"}])), base, head)
    assert "The training curves are the same." in page.text
    assert "No predicted class of species differs." in page.text
