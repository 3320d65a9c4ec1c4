"""`restage compose` checks conf/tune."""

from pathlib import Path

import pytest

from stages.cli.tune.ranges.check_all_ranges import check_all_ranges
from stages.core.errors import UserError
from tests.cli.test_compose import restage, restage_error
from tests.cli.tune.iris_study import ROOT, composed_datasets


def test_the_ranges_of_this_repository_fit_its_datasets():
    files, datasets = list((ROOT / "conf/tune").glob("*.yaml")), composed_datasets()
    assert files
    assert {file.stem for file in files} <= set(datasets)
    check_all_ranges(datasets, ROOT / "conf/tune")


@pytest.mark.error_case("wrong tuning")
def test_compose_reports_a_mistake(clone):
    Path("conf/tune/iris.yaml").write_text("train.bach: [8, 9]\n")
    error = restage_error("compose")
    assert "conf/tune/iris.yaml:1: train.bach: unknown key; did you mean batch?" in error
    assert not Path("params.yaml").exists()


@pytest.mark.error_case("wrong tuning")
def test_mistakes_of_all_files_are_reported_together(clone):
    Path("conf/tune/iris.yaml").write_text("train.bach: [8, 9]\n")
    Path("conf/tune/irsi.yaml").write_text("train.batch: [8, 9]\n")
    with pytest.raises(UserError) as caught:
        check_all_ranges({"iris": {"train": {}, "preprocess": {}}})
    assert any("conf/tune/irsi.yaml: no dataset 'irsi'; did you mean iris?" in m for m in caught.value.messages)
    assert any(m.startswith("conf/tune/iris.yaml:1") for m in caught.value.messages)


def test_ranges_of_a_dataset_that_is_not_in_the_suite_wait_until_it_is(clone):
    Path("conf/tune/wine.yaml").write_text("train.bach: [8, 9]\n")
    assert restage("compose").startswith("params.yaml: 1 datasets (iris)")
