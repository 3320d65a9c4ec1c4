"""Outputs of two dvc.locks held against each other, with what two caches still have of them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from stages.cli.verify.recorded_outputs import Output, Side, differences, other_inputs, outputs


class Cache:
    """Objects by their hash, as DVC lays them out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.side = Side(folder, folder / "beside")

    def file(self, content: str, ending: str = "") -> str:
        md5 = hashlib.md5(content.encode()).hexdigest() + ending
        place = self.folder / md5[:2] / md5[2:]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
        return md5

    def output(self, files: dict[str, str]) -> Output:
        listed = [{"md5": self.file(content), "relpath": name} for name, content in files.items()]
        return Output("train@iris", "data/models/iris", self.file(json.dumps(listed), ".dir"))


@pytest.fixture
def before(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "before")


@pytest.fixture
def after(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "after")


def test_the_same_hash_is_the_same(before: Cache, after: Cache) -> None:
    output = Output("train@iris", "reports/history/iris.csv", "0" * 32)
    assert differences(output, output, before.side, after.side) == []


def test_an_output_that_was_not_made(before: Cache, after: Cache) -> None:
    assert differences(before.output({}), None, before.side, after.side) == ["was not made"]


def test_files_of_a_folder_that_differ_are_told_with_their_places(before: Cache, after: Cache) -> None:
    old = before.output({"a.json": '{"x": 1}', "b.csv": "p\n1\n", "gone": "", "same": "same"})
    new = after.output({"a.json": '{"x": 2}', "b.csv": "p\n2\n", "more": "", "same": "same"})
    assert differences(old, new, before.side, after.side) == [
        "a.json: x: 2, recorded 1",
        "b.csv: line 2, column p: '2', recorded '1'",
        "gone: recorded, but not made",
        "more: not recorded",
    ]


def test_of_many_files_five_are_told(before: Cache, after: Cache) -> None:
    old, new = ({f"{n}.txt": f"{who}\n" for n in range(8)} for who in ("a", "b"))
    told = differences(before.output(old), after.output(new), before.side, after.side)
    assert len(told) == 6
    assert told[-1] == "3 more files differ"


def test_without_the_recorded_content_there_are_only_hashes(before: Cache, after: Cache) -> None:
    recorded = Output("train@iris", "data/models/iris", "0" * 32 + ".dir")
    [told] = differences(recorded, after.output({}), before.side, after.side)
    assert told.endswith("the recorded content is not in the cache (`dvc pull`), so nothing more can be said")


def test_a_damaged_object_of_the_cache_is_not_taken_for_what_was_recorded(before: Cache, after: Cache) -> None:
    old, new = before.output({"a.json": '{"x": 1}'}), after.output({"a.json": '{"x": 2}'})
    md5 = hashlib.md5(b'{"x": 1}').hexdigest()
    (before.folder / md5[:2] / md5[2:]).write_text('{"x": 7}')
    [told] = differences(old, new, before.side, after.side)
    assert told.startswith("a.json: hash ")
    assert "not in the cache" in told


def test_what_git_keeps_is_found_beside_the_cache(before: Cache, after: Cache) -> None:
    pair = []
    for cache, content in ((before, '{"accuracy": 0.9}'), (after, '{"accuracy": 0.8}')):
        file = cache.side.folder / "reports/metrics/iris.json"
        file.parent.mkdir(parents=True)
        file.write_text(content)
        pair.append(Output("evaluate@iris", "reports/metrics/iris.json", hashlib.md5(content.encode()).hexdigest()))
    assert differences(*pair, before.side, after.side) == ["accuracy: 0.8, recorded 0.9"]


def test_outputs_are_read_from_the_lock_of_the_stages_asked_for() -> None:
    lock = {"guard": {}, "train@iris": {"outs": [{"path": "m", "md5": "1", "size": 3}]}, "train@wine": {"outs": []}}
    assert outputs(lock, ["guard", "train@iris", "train@none"]) == [Output("train@iris", "m", "1")]


def entry(epochs: int, core: str, data: str) -> dict[str, Any]:
    return {
        "deps": [{"path": "data/processed/iris", "md5": data}, {"path": "stages/core", "md5": core}],
        "params": {"params.yaml": {"datasets.iris.train": {"epochs": epochs, "seed": 0}}},
    }


def test_a_record_of_other_code_or_values_is_told_and_other_data_are_not() -> None:
    assert other_inputs(entry(1, "c", "d"), entry(1, "c", "e")) is None
    told = other_inputs(entry(1, "c", "d"), entry(2, "k", "d"))
    assert told is not None
    assert "datasets.iris.train.epochs (1, at HEAD 2), stages/core ('c', at HEAD 'k')" in told
