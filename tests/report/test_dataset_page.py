"""Whole pages, written by the stage from what the other stages leave, and read as a browser would."""

import os
import re
import subprocess
import sys

import pytest

from stages.core import paths
from stages.core.runtime.stage import run_stage
from stages.report import __main__ as entry
from stages.report.format_text import NOTHING
from tests.report import fakes
from tests.report.reading import Reader
from tests.run_in_process import published

run = published(entry.run)

SECTIONS = ["metrics", "data", "checks", "learning", "answers", "parameters", "layers", "versions"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def page(fake: fakes.Fake) -> str:
    fakes.write(fake)
    run("mine")
    return paths.dataset_page("mine").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", fakes.KINDS)
def test_every_kind_has_all_its_sections_in_order(kind):
    read = Reader(page(fakes.KINDS[kind]()))
    assert read.ids == SECTIONS
    assert {"#" + i for i in SECTIONS} <= set(read.links), "each section can be jumped to"


@pytest.mark.parametrize("kind", fakes.KINDS)
def test_a_page_needs_no_network_and_no_script(kind):
    text = page(fakes.KINDS[kind]())
    read = Reader(text)
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert not {"script", "link", "iframe", "object"} & set(read.tags)
    assert all(link.startswith(("#", "data:image/png;base64,", "../index.html")) for link in read.links)


@pytest.mark.parametrize("kind", fakes.KINDS)
def test_the_same_inputs_give_the_same_bytes(kind):
    assert page(fakes.KINDS[kind]()) == page(fakes.KINDS[kind]())


@pytest.mark.parametrize("kind", fakes.KINDS)
def test_a_page_says_nothing_about_when_where_or_on_which_python(kind, tmp_path):
    text = page(fakes.KINDS[kind]())
    assert str(tmp_path) not in text
    assert sys.prefix not in text
    assert sys.version.split()[0] not in text
    assert not re.search(r"\d\d:\d\d", text)


def test_the_headline_is_in_words():
    text = Reader(page(fakes.flowers())).text
    assert "Flowers Three kinds of flower. Accuracy 75%" in text
    assert "Of 4 test samples, which it never saw while learning, it gets 3 right." in text
    assert "That is 25 points better than always giving the most common answer (50%)." in text


def test_what_is_not_there_is_said_in_words():
    fake = fakes.pictures()
    fake.validation = fakes.validation(results=[], expectations=0)
    fake.predictions = "row,label_truth,label_predicted,label_probability\n"
    fake.probabilities = {"label": []}
    text = Reader(page(fake)).text
    assert f"validation 0 {NOTHING} there is none" in text
    assert "No rows were set aside for validation" in text
    assert "No expectation was written for this dataset." in text
    assert "The test split has no rows, so there is nothing to predict." in text


def test_what_leaks_is_told_among_the_checks():
    fake = fakes.flowers()
    fake.validation = fakes.validation(
        copied_columns={"pairs": 1, "examples": [{"columns": ["length", "inches"], "how": "scaled"}]}
    )
    assert "1 pair of columns says the same: length and inches (scaled)." in Reader(page(fake)).text


def test_pictures_lie_in_the_page():
    read = Reader(page(fakes.pictures()))
    assert read.tags.count("img") == 4 + 3
    assert "wrong: it is corner" in read.text


def test_each_of_several_targets_has_its_answers():
    text = Reader(page(fakes.two_targets())).text
    assert "Which species it takes for which" in text
    assert "A few answers: species" in text
    assert "width Prediction against truth" in text
    assert "width: mean absolute error" in text


def test_answers_for_training_rows_are_called_so():
    fake = fakes.prices()
    fake.metrics |= {"split": "train"}
    fake.details["split"] = "train"
    assert "There are no test rows. These are answers for 3 training samples" in Reader(page(fake)).text


def test_hostile_names_stay_text():
    hostile = ['<script>alert("1")</script>', "'\"><img src=x onerror=alert(1)>", "{{ 7 * 7 }}"]
    fake = fakes.flowers(hostile)
    fake.predictions = fakes.csv_text(
        ["row", "species_truth", "species_predicted", "species_probability"],
        [[4, *(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in (hostile[0], hostile[1])), 0.9]],
    )
    fake.probabilities = {"species": [[0.1, 0.9, 0.0]]}
    fake.parameters["report"] = {"title": hostile[0], "about": hostile[1]}
    read = Reader(page(fake))
    assert not {"script", "img"} & set(read.tags)
    assert hostile[0] in read.text
    assert hostile[2] in read.text


def test_a_failed_validation_is_not_hidden():
    fake = fakes.flowers()
    result = fake.validation["results"][0] | {"passed": False, "observed": 12}
    fake.validation = fakes.validation(passed=False, failed=1, results=[result])
    text = Reader(page(fake)).text
    assert "The raw data did not pass. 0 of 1 expectation met" in text
    assert "(observed 12)" in text


def test_a_missing_input_is_a_sentence_and_leaves_no_page(capsys):
    fakes.write(fakes.flowers())
    paths.metrics("mine").unlink()
    with pytest.raises(SystemExit) as ended:
        run_stage("report", entry.run, ["mine"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "restage: report@mine: reports/metrics/mine.json: not here; run `dvc repro evaluate@mine`\n"
    )
    assert not paths.dataset_page("mine").parent.exists()


def test_two_processes_in_two_places_write_the_same_bytes(tmp_path, monkeypatch):
    pages = []
    for seed in ("1", "2"):
        fakes.write(fakes.two_targets())
        command = [sys.executable, "-m", "stages.report", "mine"]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        pages.append(paths.dataset_page("mine").read_bytes())
        elsewhere = tmp_path / seed
        elsewhere.mkdir()
        monkeypatch.chdir(elsewhere)
    assert pages[0] == pages[1]


def test_nothing_heavy_is_imported():
    heavy = ("tensorflow", "keras", "great_expectations", "matplotlib", "sklearn", "hydra", "dvc")
    modules = "sys, stages.report.__main__, stages.report.suite_summary"
    code = f"import {modules}; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_steadiness_and_aim_are_beside_the_headline():
    fake = fakes.flowers()
    fake.metrics |= {"seeds": {"count": 5, "mean": 0.5, "spread": 0.25, "worst": 0.25}, "reach": 0.98}
    text = Reader(page(fake)).text
    assert "Over 5 seeds: 50% on average, 25% at worst, spread 25 points." in text
    assert "The figure to reach is 98%." in text
    plain = Reader(page(fakes.flowers())).text
    assert "seeds" not in plain
    assert "figure to reach" not in plain


def test_a_refit_is_told():
    fake = fakes.flowers()
    fake.training = fakes.training(best_epoch=2, epochs=3, kept="refit")
    text = Reader(page(fake)).text
    assert "A fresh model was then trained for 2 epochs on training and validation rows together." in text


def test_texts_are_shown_as_words_and_their_markup_stays_text():
    read = Reader(page(fakes.wires()))
    assert "grain 4 wheat rose again" in read.text
    assert "<b>tariffs</b> <b>tariffs</b> again" in read.text
    assert "10,000 words, there or not" in read.text
