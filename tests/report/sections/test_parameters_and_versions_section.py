from typing import Any

from stages.report.rendering.format_text import DASH
from stages.report.sections.parameters_and_versions_section import (
    format_setting,
    layers_sentence,
    parameters,
    settings,
    versions,
)
from tests.report.example_records import training_record


def test_stages_are_in_the_order_in_which_they_run() -> None:
    dataset: dict[str, Any] = {"train": {}, "extra": {}, "report": {}, "download": {}}
    assert [name for name, _ in parameters(dataset)] == ["download", "train", "report", "extra"]


def test_list_items_with_a_single_key_are_named_by_it() -> None:
    section = {"expectations": [{"expect_x": {"column": "a"}}, {"expect_y": {}}], "steps": [{"step": "log", "by": 2}]}
    assert list(settings(section)) == [
        (0, "expectations", ""),
        (1, "expect_x", ""),
        (2, "column", "a"),
        (1, "expect_y", DASH),
        (0, "steps", ""),
        (1, "1.", ""),
        (2, "by", "2"),
        (2, "step", "log"),
    ]


def test_values_are_text() -> None:
    assert [format_setting(v) for v in (True, False, None, [], [True, 2])] == ["yes", "no", DASH, DASH, "yes, 2"]


def test_trained_parameters_are_counted() -> None:
    assert layers_sentence(training_record()) == "1 layer with 15 parameters; all of them are trained."
    frozen = training_record(parameters=20, trainable=15)
    assert layers_sentence(frozen) == "1 layer with 20 parameters; 15 of them are trained."


def test_two_versions_of_a_library_are_two_entries() -> None:
    found = versions(preprocess={"numpy": "2.3"}, train={"numpy": "2.4", "keras": "3"})
    assert found == [("keras", "3", "train"), ("numpy", "2.3", "preprocess"), ("numpy", "2.4", "train")]
