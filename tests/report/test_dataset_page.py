"""Whole pages, written by the stage from the files of the other stages, and read like a browser does."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.core import paths
from stages.core.artefacts.processed import TRAIN
from stages.core.run_stage.stage import run_stage
from stages.report import __main__ as entry
from stages.report.rendering.format_text import DASH
from tests.report.example_datasets import (
    EXAMPLES,
    ExampleDataset,
    class_predictions,
    flowers,
    images,
    prices,
    texts,
    two_targets,
    write_example,
)
from tests.report.example_forecasts import months
from tests.report.example_records import CHECK, class_evaluation, training_record, validation_record, value_evaluation
from tests.report.html_reader import PageReader
from tests.run_in_process import published

run = published(entry.run)

SECTIONS = [
    "metrics",
    "data",
    "validation",
    "training",
    "importance",
    "forecasts",
    "predictions",
    "parameters",
    "layers",
    "versions",
]


KINDS: dict[str, Callable[[], ExampleDataset]] = {**EXAMPLES, "months": months, "next_month": lambda: months(horizon=1)}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written_page(example: ExampleDataset) -> str:
    write_example(example)
    run("mine")
    return paths.dataset_page("mine").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_every_kind_of_dataset(kind: str, folder: Path) -> None:
    """All sections are there and linked; nothing is loaded from elsewhere, and nothing depends on the machine."""
    page = written_page(KINDS[kind]())
    reader = PageReader(page)
    sections = [section for section in SECTIONS if section != "forecasts" or "month" in kind]
    assert reader.ids == sections
    assert [link for link in reader.links if link.startswith("#")] == [f"#{section}" for section in sections]

    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert not {"script", "link", "iframe", "object"} & set(reader.tags)
    assert all(link.startswith(("#", "data:image/png;base64,", "../index.html")) for link in reader.links)

    for private in (str(folder), sys.prefix, sys.version.split()[0]):
        assert private not in page
    assert not re.search(r"\d\d:\d\d", page), "no time of day"
    assert written_page(KINDS[kind]()) == page


SEEDS = {"count": 5, "mean": 0.5, "spread": 0.25, "worst": 0.25}
REDUNDANT = {"pairs": 1, "examples": [{"columns": ("length", "inches"), "relation": "scaled"}]}
EMPTY = {
    "validation": validation_record(results=[], expectations=0),
    "predictions": class_predictions("label", ["corner", "middle"], [], []),
}
FAILED = validation_record(passed=False, failed=1, results=[CHECK | {"passed": False, "observed": 12}])
BETTER_BASELINE = class_evaluation(
    best_baseline={"name": "logistic", "value": 0.9, "improvement": -0.15, "interval": (-0.3, -0.05)},
    thresholds={"species": {"value": 0.25, "positive": "setosa"}},
    importance={
        "split": "validation", "rows": 2, "repeats": 5, "columns": [{"column": "length", "mean": 0.5, "spread": 0.1}],
    },
)  # fmt: skip
TRAIN_ROWS = {"evaluation": value_evaluation(split=TRAIN), "predictions": replace(prices().predictions, split=TRAIN)}


@pytest.mark.parametrize(
    ("example", "changes", "fact"),
    [
        (flowers, {}, "Flowers Three kinds of flower. Accuracy 75%"),
        (flowers, {}, "3 of 4 test samples are predicted correctly."),
        (flowers, {}, "25 points better than always predicting the most frequent class (50%)."),
        (
            flowers,
            {"evaluation": class_evaluation(seeds=SEEDS)},
            "Over 5 seeds: mean 50%, worst 25%, spread 25 points.",
        ),
        (flowers, {"evaluation": class_evaluation(reach=0.98)}, "The value to reach is 98%."),
        (images, EMPTY, f"validation 0 {DASH} empty"),
        (images, EMPTY, "There is no validation split"),
        (images, EMPTY, "This dataset has no expectations."),
        (images, EMPTY, "The test split is empty: there are no predictions."),
        (flowers, {"validation": validation_record(redundant_columns=REDUNDANT)}, "length and inches (scaled)"),
        (texts, {}, "grain 4 wheat rose again"),
        (texts, {}, "<b>tariffs</b> <b>tariffs</b> again"),
        (texts, {}, "10,000 words"),
        (two_targets, {}, "Confusion matrix of species"),
        (two_targets, {}, "Sample predictions of species"),
        (two_targets, {}, "width Prediction against truth"),
        (two_targets, {}, "width metric this model linear Loss 0.1"),
        (two_targets, {}, "species metric this model majority Accuracy 75% 50%"),
        (flowers, {"evaluation": BETTER_BASELINE}, "A baseline is better. The model is 15 points worse than"),
        (
            flowers,
            {"evaluation": BETTER_BASELINE},
            "It does not contain 0: the difference is larger than chance explains.",
        ),
        (flowers, {"evaluation": BETTER_BASELINE}, "The class setosa is predicted if its probability is above 0.25."),
        (flowers, {"evaluation": BETTER_BASELINE}, "length 50 ± 10 points"),
        (prices, TRAIN_ROWS, "Predictions for 3 training samples. The model was trained on them"),
        (flowers, {"validation": FAILED}, "The raw data did not pass. 0 of 1 expectation met"),
        (flowers, {"validation": FAILED}, "(observed 12)"),
        (flowers, {"training": training_record(kept="refit")}, "2 epochs on the training and validation rows together"),
    ],
)
def test_facts_on_a_page(example: Callable[[], ExampleDataset], changes: dict[str, Any], fact: str) -> None:
    assert fact in PageReader(written_page(replace(example(), **changes))).text


def test_without_seeds_and_a_value_to_reach_there_are_no_sentences_about_them() -> None:
    text = PageReader(written_page(flowers())).text
    assert "seeds" not in text
    assert "value to reach" not in text


def test_images_are_part_of_the_page() -> None:
    reader = PageReader(written_page(images()))
    assert reader.tags.count("img") == 4 + 3
    assert "wrong: the truth is corner" in reader.text


def test_markup_in_names_is_escaped() -> None:
    names = ['<script>alert("1")</script>', "'\"><img src=x onerror=alert(1)>", "{{ 7 * 7 }}"]
    example = flowers(names)
    example.predictions = class_predictions("species", names, [(4, 0, 1)], [[0.1, 0.9, 0.0]])
    example.parameters["report"] = {"title": names[0], "about": names[1]}
    reader = PageReader(written_page(example))
    assert not {"script", "img"} & set(reader.tags)
    assert names[0] in reader.text
    assert names[2] in reader.text


def test_a_missing_input_is_reported_and_no_page_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    write_example(flowers())
    paths.evaluation("mine").unlink()
    with pytest.raises(SystemExit) as exit_info:
        run_stage("report", entry.run, ["mine"])
    assert exit_info.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("restage: report@mine: reports/evaluation/mine.json: ")
    assert "dvc repro evaluate@mine" in line
    assert not paths.dataset_page("mine").parent.exists()


@pytest.mark.parametrize("example", [two_targets, months])
def test_another_folder_process_and_hash_seed_give_the_same_bytes(
    example: Callable[[], ExampleDataset], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = written_page(example()).encode()
    (folder / "other").mkdir()
    monkeypatch.chdir(folder / "other")
    write_example(example())
    command = [sys.executable, "-m", "stages.report", "mine"]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": "1"})
    assert paths.dataset_page("mine").read_bytes() == here


def test_a_page_does_not_claim_that_test_samples_are_new_where_they_occur_in_the_training_rows() -> None:
    example = flowers()
    seen = example.processed.fitted.model_copy(update={"seen_in_training": {"validation": 0, "test": 4}})
    text = PageReader(written_page(replace(example, processed=replace(example.processed, fitted=seen)))).text
    assert "All test samples have the same inputs as a training row." in text
    assert "4 test rows have the same inputs as a training row." in text
    assert "Nothing was trained" not in text
    assert "nothing is selected on test data" not in text


def test_forecasts_are_counted_by_samples_not_by_lines() -> None:
    assert "Predictions for 10 test samples." in PageReader(written_page(months())).text
