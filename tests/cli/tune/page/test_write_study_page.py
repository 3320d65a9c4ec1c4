"""Whole pages, read like a browser does. test_in_browser looks at them in a real one."""

import re
from pathlib import Path

import pytest

from stages.cli.tune.page.write_study_page import page_text, write_page
from stages.cli.tune.study import StudyResult
from tests.cli.tune.page.example_studies import STUDIES, all_failed, comparisons, study, trial, usual
from tests.report.html_reader import PageReader

ALWAYS = ["history", "importance", "trials", "ranges"]


@pytest.mark.parametrize("name", STUDIES)
def test_a_page_of_every_kind_of_study(name: str) -> None:
    """Its tags match, its sections are linked, nothing is loaded from elsewhere, and it is the same text again."""
    page = page_text(STUDIES[name]())
    reader = PageReader(page)
    assert [link for link in reader.links if link.startswith("#")] == [f"#{section}" for section in reader.ids]
    assert [section for section in reader.ids if section not in ("best", "parameters")] == ALWAYS
    assert all(link.startswith("#") for link in reader.links)
    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert not {"script", "link", "iframe", "object", "img"} & set(reader.tags)
    assert "nan" not in re.findall(r'"[^"]*"', page)
    assert page_text(STUDIES[name]()) == page


@pytest.mark.parametrize("name", STUDIES)
def test_every_drawing_is_named_for_a_screen_reader(name: str) -> None:
    page = page_text(STUDIES[name]())
    assert page.count("<svg") == len(re.findall(r'<svg [^>]*role="img" aria-label="[^"]+"', page))
    assert page.count('tabindex="0"') == len(re.findall(r'tabindex="0" role="region" aria-label="[^"]+"', page))


def test_a_study_that_was_written_as_json_has_the_same_page() -> None:
    """The numbers of trials and rungs are texts in JSON."""
    result = usual()
    assert page_text(StudyResult.model_validate_json(result.model_dump_json())) == page_text(result)


def test_names_and_values_with_html_are_texts() -> None:
    page = page_text(STUDIES["names_with_html"]())
    reader = PageReader(page)
    assert "<script>alert(1)</script>" in reader.text
    assert "<script>alert" not in page
    assert "layer <dense> & 'x' has no \"units\"" in reader.text


@pytest.mark.parametrize(
    ("result", "fact"),
    [
        (usual(), "24 trials in 6 rounds: 15 complete, 7 stopped, 2 failed."),
        (usual(), "accuracy on the validation rows, where higher is better"),
        (usual(), "Accuracy, 30 test rows 4.1 points better"),
        (usual(), "restage tune iris --trials 24 --apply"),
        (usual(), "train.optimizer.learning_rate"),
        (all_failed(), "the loss is not a number after epoch 3"),
        (all_failed(), "No trial is complete"),
        (study([trial(0), trial(1, 0.8)]), "No trial was better than trial 0"),
        (study([trial(0), trial(1, 0.95)], comparisons=comparisons(0.9, 0.95, improvement=-0.05)), "5 points worse"),
    ],
)
def test_facts_on_the_page(result: StudyResult, fact: str) -> None:
    # Lines may end after the dots of a parameter's name.
    assert fact in PageReader(page_text(result).replace("<wbr>", "")).text


def test_the_file(tmp_path: Path) -> None:
    write_page(usual(), tmp_path / "reports/tune/iris.html")
    assert (tmp_path / "reports/tune/iris.html").read_text(encoding="utf-8") == page_text(usual())
