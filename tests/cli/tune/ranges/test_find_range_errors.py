"""`restage compose` checks conf/tune."""

from pathlib import Path

import pytest

from stages.cli.compose import compose
from stages.cli.tune.ranges.find_range_errors import find_range_errors
from tests.cli.test_compose import restage, restage_error
from tests.cli.tune.iris_study import ROOT, composed_datasets


def test_the_ranges_of_this_repository_fit_its_datasets():
    files, datasets = list((ROOT / "conf/tune").glob("*.yaml")), composed_datasets()
    assert files
    assert {file.stem for file in files} <= set(datasets)
    assert find_range_errors(datasets, ROOT / "conf/tune") == []


@pytest.mark.error_case("wrong tuning")
def test_compose_warns_of_a_mistake_and_its_check_fails(clone, capsys):
    Path("conf/tune/iris.yaml").write_text("train.bach: [8, 9]\n")
    message = "conf/tune/iris.yaml:1: train.bach: unknown key; did you mean batch?"
    compose()
    assert f"warning: {message}" in capsys.readouterr().err
    assert Path("params.yaml").is_file()
    assert message in restage_error("compose", "--check")


@pytest.mark.error_case("wrong tuning")
def test_mistakes_of_all_files_are_reported_together(clone):
    Path("conf/tune/iris.yaml").write_text("train.bach: [8, 9]\n")
    Path("conf/tune/irsi.yaml").write_text("train.batch: [8, 9]\n")
    found = find_range_errors({"iris": {"train": {}, "preprocess": {}}})
    assert any("conf/tune/irsi.yaml: no dataset 'irsi'; did you mean iris?" in message for message in found)
    assert any(message.startswith("conf/tune/iris.yaml:1") for message in found)


def test_ranges_of_a_dataset_that_is_not_in_the_suite_wait_until_it_is(clone):
    Path("conf/tune/wine.yaml").write_text("train.bach: [8, 9]\n")
    assert restage("compose").startswith("params.yaml: 1 datasets (iris)")
