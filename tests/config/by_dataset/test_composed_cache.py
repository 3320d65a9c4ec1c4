"""What is kept is used as long as the same files give it, and never after an edit."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.config.by_dataset.compose_dataset import compose_dataset, compose_shared
from stages.config.by_dataset.composed_cache import KEPT
from stages.config.compose_conf import compose, compose_whole
from tests.config.by_dataset.test_compose_by_dataset import GLOBAL, tree, write_conf

MODULE = "stages.config.by_dataset.compose_by_dataset"


@pytest.fixture
def composed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns the datasets that were not taken from the kept file since the last composition."""
    monkeypatch.chdir(tmp_path)
    Path(".dvc").mkdir()
    write_conf(Path("conf"), tree({"defaults": [{"/train@train": "x"}, {"optional /train@more": "y"}], "n": 1}))
    keys: list[str] = []

    def counted(files, root, key, shared):
        keys.append(key)
        return compose_dataset(files, root, key, shared)

    monkeypatch.setattr(f"{MODULE}.compose_dataset", counted)
    compose()
    assert keys == ["a", "b"]
    keys.clear()
    return keys


def test_nothing_changed(composed: list[str]) -> None:
    assert compose() == compose_whole()
    assert compose().text == compose_whole().text
    assert composed == []


def test_what_is_kept_is_not_written_again(composed: list[str]) -> None:
    before = KEPT.stat()
    compose()
    assert composed == []
    assert (KEPT.stat().st_ino, KEPT.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def append(name: str, text: str) -> Callable[[], object]:
    def change() -> None:
        file = Path("conf", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if file.is_file() else "") + text)

    return change


def damage() -> None:
    KEPT.write_text("[]")


def older_code() -> None:
    KEPT.write_text(json.dumps(json.loads(KEPT.read_text()) | {"code": "other"}))


CHANGES: dict[str, tuple[Callable[[], object], list[str]]] = {
    "a file of one": (append("dataset/b.yaml", "m: 2\n"), ["b"]),
    "a file of both": (append("train/x.yaml", "batch: 2\n"), ["a", "b"]),
    "a file that was missing": (append("train/y.yaml", "batch: 3\n"), ["a"]),
    "a value in the suite": (append("suite/all.yaml", "datasets: {b: {n: 7}}\n"), ["b"]),
    "a value of all": (append("suite/all.yaml", "other: 1\n"), ["a", "b"]),
    "local.yaml": (append("local.yaml", f"{GLOBAL}datasets: {{a: {{n: 8}}}}\n"), ["a"]),
    "a choice in local.yaml": (
        append("local.yaml", f"{GLOBAL}defaults: [override /dataset@datasets.a: b]\n"),
        ["a"],
    ),
    "a new dataset": (append("local.yaml", f"{GLOBAL}defaults: [{{/dataset@datasets.c: b}}]\n"), ["c"]),
    "no file of one": (lambda: Path("conf/dataset/b.yaml").write_text("{}\n"), ["b"]),
    "a damaged file": (damage, ["a", "b"]),
    "other code": (older_code, ["a", "b"]),
    "an unused file": (append("train/unused.yaml", "batch: 3\n"), []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_composes_what_it_concerns(name: str, composed: list[str]) -> None:
    change, expected = CHANGES[name]
    change()
    result, whole = compose(), compose_whole()
    assert (result, result.text) == (whole, whole.text)
    assert composed == expected
    composed.clear()
    compose()
    assert composed == []


def test_keys_that_are_no_texts_are_not_kept(composed: list[str]) -> None:
    append("dataset/b.yaml", "m: {1: x}\n")()
    assert compose() == compose() == compose_whole()
    assert composed == ["b", "b"]


def test_an_edit_while_composing_is_not_kept(composed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    append("dataset/b.yaml", "m: 2\n")()

    def edited(files, root):
        found = compose_shared(files, root)
        files.load("dataset/b")
        append("dataset/b.yaml", "k: 3\n")()
        return found

    monkeypatch.setattr(f"{MODULE}.compose_shared", edited)
    compose()
    monkeypatch.setattr(f"{MODULE}.compose_shared", compose_shared)
    assert compose() == compose_whole()
