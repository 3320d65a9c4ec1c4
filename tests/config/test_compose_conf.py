"""conf/ and params.yaml of this repository: the same composition as DVC's, without unused files."""

from pathlib import Path

import pytest
from dvc.utils.hydra import compose_and_dump

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.core.errors import UserError
from stages.core.parameters.read_params import read_params
from tests.config.conftest import CONF, copy_conf

NOT_IN_A_SUITE = {"source/btc.yaml"}  # chosen by an override: source@datasets.coin.download=btc
SUITES = sorted(f.stem for f in (CONF / "suite").glob("*.yaml"))


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """conf/ without conf/local.yaml."""
    return copy_conf(tmp_path_factory.mktemp("repository"), (CONF / "suite/starter.yaml").read_text())


@pytest.fixture(scope="module")
def suites(committed):
    return {suite: compose(committed, [f"suite={suite}"]) for suite in SUITES}


def test_params_yaml_is_what_conf_composes_to():
    """If this fails: run `restage compose`, look at the difference, commit it."""
    assert (CONF.parent / "params.yaml").read_text() == compose(CONF).text


@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_is_valid_and_has_the_name_of_its_file(suites, suite):
    """The name is part of an output's path, so two suites must not share it."""
    checked = check_parameters(suites[suite])
    assert checked.suite == suite
    assert list(checked.datasets) == list(suites[suite].params["datasets"])


def test_every_dataset_is_in_a_suite(suites):
    """Add it to conf/suite/full.yaml, or to another one."""
    files = {f.stem for f in (CONF / "dataset").glob("*.yaml")}
    chosen = {name for s in suites.values() for place, name in s.choices.items() if place.startswith("dataset@")}
    assert files == chosen


def test_every_file_is_used_by_a_composition(suites):
    chosen = {f"{p.partition('@')[0]}/{name}.yaml" for s in suites.values() for p, name in s.choices.items()}
    files = {str(f.relative_to(CONF)) for f in CONF.rglob("*.yaml") if f.parent.name != "tune"} - {"local.yaml"}
    assert files - chosen == {"config.yaml"} | NOT_IN_A_SUITE


def test_a_source_that_no_suite_uses(conf):
    swapped = compose(conf, ["+dataset@datasets.coin=coin", "source@datasets.coin.download=btc"])
    assert swapped.params["datasets"]["coin"]["download"]["files"]["all"]["mirror"] == "prices/BTC-USD.csv"
    check_parameters(swapped)


def test_the_full_suite_has_all_of_the_starter_suite_unchanged(suites):
    full, starter = suites["full"].params["datasets"], suites["starter"].params["datasets"]
    assert {key: full[key] for key in starter} == starter
    assert list(full)[: len(starter)] == list(starter)


@pytest.mark.parametrize(
    "overrides",
    [
        ["suite=starter"],
        ["datasets.iris.train.epochs=5"],
        ["+dataset@datasets.mine=iris", "~dataset@datasets.wine"],
        ["datasets.iris.train.model.units=[8,4]", "datasets.iris.report.about='one, two: three # four'"],
        ["+datasets.iris.train.optimizer.learning_rate=1e-5", "datasets.iris.report.title='2020-01-01'"],
    ],
)
def test_the_text_has_the_same_bytes_as_dvcs(conf, overrides, tmp_path):
    """`dvc exp run -S` writes params.yaml by this function."""
    compose_and_dump(tmp_path / "dvc.yaml", str(conf.resolve()), None, "config", str(tmp_path), overrides)
    assert compose(conf, overrides).text == (tmp_path / "dvc.yaml").read_text()


def test_the_committed_text_has_the_same_bytes_as_dvcs(committed, tmp_path):
    compose_and_dump(tmp_path / "dvc.yaml", str(committed), None, "config", str(tmp_path), [])
    assert compose(committed).text == (tmp_path / "dvc.yaml").read_text()


def test_the_text_reads_back_as_the_composed_values(conf, edit):
    edit("dataset/iris.yaml", "title: Iris", "title: 2020-01-01\n  samples: 010")
    composed = compose(conf, ["+datasets.iris.train.optimizer.learning_rate=1e-7"])
    Path("params.yaml").write_text(composed.text)
    assert read_params() == composed.params
    assert composed.params["datasets"]["iris"]["report"]["title"] == "2020-01-01"
    assert composed.params["datasets"]["iris"]["train"]["optimizer"]["learning_rate"] == 1e-7


def test_overrides_rename_remove_and_change_datasets(conf, small_composition):
    changed = compose(conf, ["+dataset@datasets.mine=iris", "~dataset@datasets.iris", "datasets.mine.train.epochs=5"])
    assert list(changed.params["datasets"]) == ["wine", "sequence", "mine"]
    default = small_composition.params["datasets"]["iris"]
    assert changed.params["datasets"]["mine"] == default | {"train": default["train"] | {"epochs": 5}}


def test_an_override_replaces_a_group(conf, small_composition):
    default = small_composition.params["datasets"]["sequence"]["train"]
    swapped = compose(conf, ["train@datasets.sequence.train=classes"]).params["datasets"]["sequence"]["train"]
    assert (default["output"], swapped["output"]) == ("linear", "softmax")
    assert default["epochs"] == swapped["epochs"]


def test_an_unknown_key_cannot_be_overridden(conf):
    with pytest.raises(UserError) as caught:
        compose(conf, ["datasets.iris.train.epoch=5"])
    assert str(caught.value).startswith("conf: Could not override 'datasets.iris.train.epoch'.")


def test_compositions_are_independent(conf, small_composition):
    compose(conf, ["datasets.iris.train.epochs=7"])
    assert compose(conf) == small_composition
    assert list(small_composition.params["datasets"]) == ["iris", "wine", "sequence"]
