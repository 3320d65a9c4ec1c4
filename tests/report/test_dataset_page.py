"""Whole pages, written by the stage from the files of the other stages, and read like a browser does."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stages.core import paths
from stages.core.artefacts.processed import TRAIN
from stages.core.runtime.stage import run_stage
from stages.report import __main__ as entry
from stages.report.format_text import DASH
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
from tests.report.example_records import CHECK, training_record, validation_record, value_evaluation
from tests.report.html_reader import PageReader
from tests.run_in_process import published

run = published(entry.run)

SECTIONS = ["metrics", "data", "validation", "training", "predictions", "parameters", "layers", "versions"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written_page(example: ExampleDataset) -> str:
    write_example(example)
    run("mine")
    return paths.dataset_page("mine").read_text(encoding="utf-8")


def page_text(example: ExampleDataset) -> str:
    return PageReader(written_page(example)).text


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_page_of_every_kind_of_dataset(kind: str, folder: Path) -> None:
    """All sections are there and linked; nothing is loaded from elsewhere, and nothing depends on the machine."""
    page = written_page(EXAMPLES[kind]())
    reader = PageReader(page)
    assert reader.ids == SECTIONS
    assert {f"#{section}" for section in SECTIONS} <= set(reader.links)

    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert not {"script", "link", "iframe", "object"} & set(reader.tags)
    assert all(link.startswith(("#", "data:image/png;base64,", "../index.html")) for link in reader.links)

    for private in (str(folder), sys.prefix, sys.version.split()[0]):
        assert private not in page
    assert not re.search(r"\d\d:\d\d", page), "no time of day"
    assert written_page(EXAMPLES[kind]()) == page


def test_the_summary() -> None:
    text = page_text(flowers())
    assert "Flowers Three kinds of flower. Accuracy 75%" in text
    assert "3 of 4 test samples are predicted correctly." in text
    assert "25 points better than always predicting the most frequent class (50%)." in text
    assert "seeds" not in text
    assert "value to reach" not in text


def test_seeds_and_the_value_to_reach() -> None:
    example = flowers()
    seeds = {"count": 5, "mean": 0.5, "spread": 0.25, "worst": 0.25}
    changed = example.evaluation.model_dump() | {"seeds": seeds, "reach": 0.98}
    example.evaluation = type(example.evaluation).model_validate(changed)
    text = page_text(example)
    assert "Over 5 seeds: mean 50%, worst 25%, spread 25 points." in text
    assert "The value to reach is 98%." in text


def test_empty_parts_are_explained() -> None:
    example = images()
    example.validation = validation_record(results=[], expectations=0)
    example.predictions = class_predictions("label", ["corner", "middle"], [], [])
    text = page_text(example)
    assert f"validation 0 {DASH} empty" in text
    assert "There is no validation split" in text
    assert "This dataset has no expectations." in text
    assert "The test split is empty: there are no predictions." in text


def test_leakage_is_part_of_the_validation() -> None:
    example = flowers()
    pair = {"columns": ("length", "inches"), "relation": "scaled"}
    example.validation = validation_record(redundant_columns={"pairs": 1, "examples": [pair]})
    assert "length and inches (scaled)" in page_text(example)


def test_images_are_part_of_the_page() -> None:
    reader = PageReader(written_page(images()))
    assert reader.tags.count("img") == 4 + 3
    assert "wrong: the truth is corner" in reader.text


def test_texts_are_shown_as_words() -> None:
    text = page_text(texts())
    assert "grain 4 wheat rose again" in text
    assert "<b>tariffs</b> <b>tariffs</b> again" in text, "markup is escaped"
    assert "10,000 words" in text


def test_every_target_has_its_predictions() -> None:
    text = page_text(two_targets())
    assert "Confusion matrix of species" in text
    assert "Sample predictions of species" in text
    assert "width Prediction against truth" in text
    assert "width: mean absolute error" in text


def test_predictions_for_training_rows() -> None:
    example = prices()
    example.evaluation = value_evaluation(split=TRAIN)
    example.predictions = replace(example.predictions, split=TRAIN)
    text = page_text(example)
    assert "Predictions for 3 training samples. The model was trained on them" in text


def test_markup_in_names_is_escaped() -> None:
    names = ['<script>alert("1")</script>', "'\"><img src=x onerror=alert(1)>", "{{ 7 * 7 }}"]
    example = flowers(names)
    example.predictions = class_predictions("species", names, [(4, 0, 1)], [[0.1, 0.9, 0.0]])
    example.parameters["report"] = {"title": names[0], "about": names[1]}
    reader = PageReader(written_page(example))
    assert not {"script", "img"} & set(reader.tags)
    assert names[0] in reader.text
    assert names[2] in reader.text


def test_a_failed_validation() -> None:
    example = flowers()
    example.validation = validation_record(passed=False, failed=1, results=[CHECK | {"passed": False, "observed": 12}])
    text = page_text(example)
    assert "The raw data did not pass. 0 of 1 expectation met" in text
    assert "(observed 12)" in text


def test_a_refit() -> None:
    example = flowers()
    example.training = training_record(kept="refit")
    assert "for 2 epochs on the training and validation rows together" in page_text(example)


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


def test_another_folder_and_another_hash_seed_give_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for seed in ("1", "2"):
        (folder / seed).mkdir()
        monkeypatch.chdir(folder / seed)
        write_example(two_targets())
        command = [sys.executable, "-m", "stages.report", "mine"]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        pages.append(paths.dataset_page("mine").read_bytes())
    assert pages[0] == pages[1]


def test_heavy_libraries_are_not_imported() -> None:
    heavy = ("tensorflow", "keras", "great_expectations", "matplotlib", "sklearn", "hydra", "dvc")
    modules = "sys, stages.report.__main__, stages.report.summary_stage"
    code = f"import {modules}; print([m for m in {heavy} if m in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout == "[]\n"
