"""Ranges of conf/tune: what they become, and each mistake with its line, key, value and what to write instead."""

from pathlib import Path

import pytest
import yaml

from stages.cli.tune.ranges.check_ranges import checked_ranges
from stages.cli.tune.ranges.read_ranges import read_ranges
from stages.cli.tune.study import Choices, NumberRange
from stages.core.errors import UserError

ROOT = Path(__file__).parents[4]
IRIS = yaml.safe_load((ROOT / "params.yaml").read_text())["datasets"]["iris"]


def ranges_of(text, sections=IRIS):
    file = Path("iris.yaml")
    file.write_text(text)
    return checked_ranges(read_ranges(file), "iris", sections)


def messages_of(text, sections=IRIS):
    with pytest.raises(UserError) as caught:
        ranges_of(text, sections)
    return list(caught.value.messages)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "train.optimizer.learning_rate: {low: 1e-4, high: 0.1, log: true}",
            NumberRange(kind="float", low=0.0001, high=0.1, log=True),
        ),
        ("train.epochs: {low: 5, high: 20, step: 5}", NumberRange(kind="int", low=5, high=20, step=5)),
        ("train.epochs: {low: 5, high: 6}", NumberRange(kind="int", low=5, high=6)),
        ("train.optimizer.learning_rate: {low: 1, high: 2}", NumberRange(kind="float", low=1, high=2)),
        ("train.model.dropout: {low: 0, high: 0.5, step: 0.1}", NumberRange(kind="float", low=0, high=0.5, step=0.1)),
        ("train.batch: [8, 16]", Choices(values=["8", "16"])),
        ("train.model.units: [[32], [64, 32]]", Choices(values=["[32]", "[64, 32]"])),
        ("train.early_stopping: [null, {patience: 3}]", Choices(values=["null", "{patience: 3}"])),
        ("train.early_stopping.patience: {low: 2, high: 9}", NumberRange(kind="int", low=2, high=9)),
        ("preprocess.steps[0].step: [standard, minmax]", Choices(values=["standard", "minmax"])),
        (
            "train.optimizer: [{kind: adam}, {kind: sgd, momentum: 0.9}]",
            Choices(values=["{kind: adam}", "{kind: sgd, momentum: 0.9}"]),
        ),
    ],
)
def test_ranges(text, expected):
    assert list(ranges_of(text).values()) == [expected]


def test_ranges_have_the_order_of_the_file():
    assert list(ranges_of("train.shuffle: [true, false]\ntrain.batch: [8, 16]\n")) == ["train.shuffle", "train.batch"]


CASES = {
    "train.optimizer.learning_rat: {low: 0.1, high: 1}": "learning_rat: unknown key; did you mean learning_rate?",
    "train.epoch: [1, 2]": "train.epoch: unknown key; did you mean epochs?",
    "evaluate.threshold: [0.5, 0.4]": "evaluate.threshold: ranges are for keys of preprocess and train",
    "trian.batch: [8, 9]": "did you mean train?",
    "train: [1, 2]": "train: should be the path of a parameter, such as train.epochs",
    "train.units[x]: [1, 2]": "should be the path of a parameter",
    "train.batch: 8": "train.batch: should be a list of values, or {low, high}; received 8",
    "train.batch: {from: 8, to: 9}": "should be a list of values, or {low, high}",
    "train.batch: [8]": "should have two values or more; received [8]",
    "train.batch: []": "should have two values or more; received []",
    "train.batch: [8, 8]": "has a value twice; received [8, 8]",
    "train.batch: [8, 0]": "train.batch: should be greater than or equal to 1; received 0",
    "train.batch: [8, x]": "train.batch: should be a valid integer; received 'x'",
    "train.batch: [8, 1.5]": "train.batch: should be a valid integer",
    "train.batch: {low: 8}": "train.batch.high: missing",
    "train.batch: {low: 8, high: 9, logg: true}": "train.batch.logg: unknown key; did you mean log?",
    "train.batch: {low: a, high: 9}": "train.batch.low: should be a valid",
    "train.batch: {low: 9, high: 8}": "low should be below high; received low: 9, high: 8",
    "train.batch: {low: 8, high: 8}": "low should be below high",
    "train.batch: {low: 0, high: 8}": "train.batch: should be greater than or equal to 1; received 0",
    "train.batch: {low: 1.5, high: 8}": "train.batch: should be a valid integer",
    "train.batch: {low: 1, high: 8, step: 0}": "train.batch.step: should be greater than 0; received 0",
    "train.batch: {low: 1, high: 8, step: 2, log: true}": "log and step exclude each other",
    "train.model.dropout: {low: 0, high: 0.5, log: true}": "log needs a low above 0; received 0",
    "train.model.dropout: {low: 0, high: 1}": "train.model.dropout: should be less than 1; received 1",
    "train.model.units: [32, [64]]": "train.model.units: should be a valid list; received 32",
    "train.model: [{kind: mpl, units: [3]}, {kind: linear}]": "train.model.kind: received 'mpl'; did you mean mlp?",
    "train.monitor: [val_loss, val_acc]": "train.monitor: with 'val_acc': train: monitor 'val_acc' is never recorded",
    "train.model.units[7]: [1, 2]": "train.model.units[7]: not in the parameters of iris",
    "train.batch: ['${a}', 8]": "write the values themselves",
    "train.seed: [1, 2]": "not for a search: the seed with the best value is best by chance",
    "train.seeds: [1, 2]": "not for a search",
    "train.threads: [1, 2]": "not for a search",
    "train.refit: [true, false]": "not for a search",
    "preprocess.split.validation: [0.1, 0.2]": "not for a search: it decides which rows are the validation rows",
    "preprocess.split: [{test: 0.2}, {test: 0.3}]": "not for a search",
    "preprocess.targets: [species, petal_width_cm]": "not for a search",
    "preprocess.inputs: [[a], [petal_width_cm]]": "preprocess.inputs: no column 'a' in validate.columns",
    "preprocess.steps: [[{step: standart}], []]": "steps[0].step: received 'standart'; did you mean standard?",
}


@pytest.mark.error_case("wrong tuning")
@pytest.mark.parametrize("line", CASES)
def test_a_mistake_is_reported_with_its_line(line):
    [message] = messages_of(f"# A comment.\n{line}\n")
    assert message.startswith("iris.yaml:2: ")
    assert CASES[line] in message


@pytest.mark.error_case("wrong tuning")
def test_all_mistakes_are_reported_together():
    found = messages_of("train.batch: [8, 0]\nevaluate.seed: [1, 2]\ntrain.epochs: [5, 6]\ntrain.shuffle: [1, true]\n")
    assert [message.split(": ")[:2] for message in found] == [
        ["iris.yaml:1", "train.batch"],
        ["iris.yaml:2", "evaluate.seed"],
        ["iris.yaml:4", "train.shuffle"],
    ]


@pytest.mark.error_case("wrong tuning")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("train.batch: [8, 9]\ntrain.batch: [1, 2]\n", "train.batch: has a range before, iris.yaml:1"),
        (
            "train.model.units[0]: [8, 9]\ntrain.model: [{kind: linear}, {kind: mlp, units: [1]}]\n",
            "overlaps the range",
        ),
        ("train.batch: [8\n", "not YAML"),
        ("", "no ranges"),
        ("- train.batch\n", "no ranges"),
        ("just a text", "should be keys with values"),
    ],
)
def test_mistakes_in_the_file(text, expected):
    [message] = messages_of(text)
    assert message.startswith("iris.yaml")
    assert expected in message


@pytest.mark.error_case("wrong tuning")
def test_there_is_no_file():
    with pytest.raises(UserError, match=r"conf/tune/wine.yaml: not found; write"):
        read_ranges(Path("conf/tune/wine.yaml"))


def test_seed_is_not_seeds():
    """A path is compared by its keys: `train.seeds` does not begin with `train.seed`."""
    [message] = messages_of("train.seeds: [1, 2]\n")
    assert "each trial is one training" in message
