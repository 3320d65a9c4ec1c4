import pytest

from stages.cli.tune.ranges.parameter_paths import is_path, keys_of_path, value_at, with_values

CONTENT = {"train": {"units": [64, 32], "stop": None}, "steps": [{"step": "standard"}]}


@pytest.mark.parametrize("text", ["train.batch", "steps[0].step", "a[1][2]"])
def test_paths(text):
    assert is_path(text)


@pytest.mark.parametrize("text", ["", "train..batch", ".train", "train.", "steps[x]", "steps[0", "steps[0]x"])
def test_what_is_no_path(text):
    assert not is_path(text)


def test_keys_and_item_numbers():
    assert keys_of_path("steps[0].step") == ("steps", 0, "step")


def test_a_value_in_a_list():
    assert value_at(CONTENT, "train.units[1]") == 32
    assert value_at(CONTENT, "steps[0].step") == "standard"


@pytest.mark.parametrize("path", ["train.epochs", "train.units[2]", "train.units.a", "steps[0].step.a"])
def test_no_value(path):
    with pytest.raises(LookupError):
        value_at(CONTENT, path)


def test_values_are_set_in_a_copy():
    changed = with_values(CONTENT, {"train.units[0]": 8, "train.stop.patience": 3, "steps[0].step": "minmax"})
    assert changed == {"train": {"units": [8, 32], "stop": {"patience": 3}}, "steps": [{"step": "minmax"}]}
    assert CONTENT["train"] == {"units": [64, 32], "stop": None}


@pytest.mark.parametrize("path", ["train.units[2]", "train.units.a", "steps[0].step.a"])
def test_a_value_cannot_be_set_in_what_is_not_there(path):
    with pytest.raises(LookupError):
        with_values(CONTENT, {path: 1})
