"""The file and line in conf/ that a composed key comes from."""

import pytest

from stages.config.source_lines import find_key, find_word

CHOICES = {"train@datasets.iris.train": "classes", "dataset@datasets.iris": "iris", "suite": "starter"}
FILES = {
    "config.yaml": "defaults:\n  - suite: starter\ncolour: red\n",
    "suite/starter.yaml": "# @package _global_\ndatasets:\n  iris:\n    report:\n      about: Flowers.\n",
    "dataset/iris.yaml": "train:\n  epochs: 3\n  model:\n    units: [5,\n      6]\nsteps:\n  - a: 1\n  - b: 2\n",
    "train/classes.yaml": "output: softmax\nepochs: 9\n",
}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / "conf" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "conf" / name).write_text(text)
    return tmp_path / "conf"


@pytest.mark.parametrize(
    ("keys", "location"),
    [
        (("train", "epochs"), "dataset/iris.yaml:2"),
        (("train", "output"), "train/classes.yaml:1"),
        (("train", "model", "units", 1), "dataset/iris.yaml:5"),
        (("steps", 1, "b"), "dataset/iris.yaml:8"),
        (("steps", 1, "c"), "dataset/iris.yaml:8"),
        (("steps", 7), "dataset/iris.yaml:6"),
        (("train", "model", "kind"), "dataset/iris.yaml:3"),
        (("report", "about"), "suite/starter.yaml:5"),
        (("evaluate",), "dataset/iris.yaml"),
        ((), "dataset/iris.yaml"),
    ],
)
def test_a_key_or_its_nearest_parent(keys, location, files):
    assert find_key(("datasets", "iris", *keys), CHOICES, files.relative_to(files.parent)) == f"conf/{location}"


def test_local_yaml_comes_first(files):
    (files / "local.yaml").write_text("datasets:\n  iris:\n    train:\n      epochs: 1\n")
    assert find_key(("datasets", "iris", "train", "epochs"), CHOICES, files).endswith("conf/local.yaml:4")
    assert find_key(("datasets", "iris", "train", "batch"), CHOICES, files).endswith("conf/dataset/iris.yaml:1")


def test_keys_outside_the_datasets(files):
    assert find_key(("colour",), CHOICES, files).endswith("conf/config.yaml:3")
    assert find_key(("sound",), CHOICES, files) == str(files)


def test_whole_words_are_found(files):
    (files / "a.yaml").write_text("my-iris: 1\niris2: 2\niris: 3\n")
    assert find_word("iris2", [files / "none.yaml", files / "a.yaml"]) == f"{files}/a.yaml:2"
    assert find_word("iris", [files / "a.yaml"]) == f"{files}/a.yaml:1"
    assert find_word("ris", [files / "a.yaml"]) is None
