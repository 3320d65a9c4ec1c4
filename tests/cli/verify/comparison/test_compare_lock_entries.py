"""Outputs of two dvc.lock files are compared, with the content that two caches have of them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from stages.cli.verify.comparison.compare_lock_entries import (
    Output,
    OutputStore,
    input_differences,
    output_differences,
    recorded_outputs,
)


class Cache:
    """Objects under their hash, as DVC stores them."""

    def __init__(self, folder: Path) -> None:
        self.store = OutputStore(folder, folder / "uncached")

    def object_path(self, md5: str) -> Path:
        return self.store.cache / md5[:2] / md5[2:]

    def add_object(self, content: str, suffix: str = "") -> str:
        md5 = hashlib.md5(content.encode()).hexdigest() + suffix
        self.object_path(md5).parent.mkdir(parents=True, exist_ok=True)
        self.object_path(md5).write_text(content)
        return md5

    def add_folder(self, files: dict[str, str]) -> Output:
        entries = [{"md5": self.add_object(content), "relpath": name} for name, content in files.items()]
        return Output("train@iris", "data/models/iris", self.add_object(json.dumps(entries), ".dir"))


@pytest.fixture
def before(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "before")


@pytest.fixture
def after(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "after")


def test_outputs_with_the_same_hash(before: Cache, after: Cache) -> None:
    output = Output("train@iris", "reports/history/iris.csv", "0" * 32)
    assert output_differences(output, output, before.store, after.store) == []


def test_files_of_a_folder(before: Cache, after: Cache) -> None:
    recorded = before.add_folder({"a.json": '{"x": 1}', "b.csv": "p\n1\n", "gone": "", "same": "same"})
    rerun = after.add_folder({"a.json": '{"x": 2}', "b.csv": "p\n2\n", "more": "", "same": "same"})
    assert output_differences(recorded, rerun, before.store, after.store) == [
        "a.json: x: 2, recorded 1",
        "b.csv: line 2, column p: '2', recorded '1'",
        "gone: recorded, but missing",
        "more: not recorded",
    ]


def test_five_of_many_files_are_shown(before: Cache, after: Cache) -> None:
    recorded = before.add_folder({f"{n}.txt": "a\n" for n in range(8)})
    rerun = after.add_folder({f"{n}.txt": "b\n" for n in range(8)})
    found = output_differences(recorded, rerun, before.store, after.store)
    assert len(found) == 6
    assert found[-1] == "3 more files differ"


def test_without_the_recorded_content_the_hashes_are_shown(before: Cache, after: Cache) -> None:
    recorded, rerun = Output("train@iris", "data/models/iris", "0" * 32 + ".dir"), after.add_folder({})
    [found] = output_differences(recorded, rerun, before.store, after.store)
    assert found.startswith(f"hash {rerun.md5}, recorded {recorded.md5};")
    assert "not in the cache" in found
    assert "`dvc pull`" in found


def test_a_damaged_object_of_the_cache_is_not_compared(before: Cache, after: Cache) -> None:
    recorded, rerun = before.add_folder({"a.json": '{"x": 1}'}), after.add_folder({"a.json": '{"x": 2}'})
    before.object_path(hashlib.md5(b'{"x": 1}').hexdigest()).write_text('{"x": 7}')
    [found] = output_differences(recorded, rerun, before.store, after.store)
    assert found.startswith("a.json: hash ")
    assert "not in the cache" in found


def test_uncached_outputs_are_read_from_the_folder(before: Cache, after: Cache) -> None:
    def add_uncached(cache: Cache, content: str) -> Output:
        file = cache.store.folder / "reports/metrics/iris.json"
        file.parent.mkdir(parents=True)
        file.write_text(content)
        md5 = hashlib.md5(content.encode()).hexdigest()
        return Output("evaluate@iris", "reports/metrics/iris.json", md5)

    recorded, rerun = add_uncached(before, '{"accuracy": 0.9}'), add_uncached(after, '{"accuracy": 0.8}')
    assert output_differences(recorded, rerun, before.store, after.store) == ["accuracy: 0.8, recorded 0.9"]


def test_outputs_of_the_given_stages_are_read_from_the_lock() -> None:
    lock = {"guard": {}, "train@iris": {"outs": [{"path": "m", "md5": "1", "size": 3}]}, "train@wine": {"outs": []}}
    assert recorded_outputs(lock, ["guard", "train@iris", "train@none"]) == [Output("train@iris", "m", "1")]


def lock_entry(epochs: int, core: str, data: str) -> dict[str, Any]:
    return {
        "deps": [{"path": "data/processed/iris", "md5": data}, {"path": "stages/core", "md5": core}],
        "params": {"data/guard/params/iris.json": {"train": {"epochs": epochs, "seed": 0}}},
    }


def test_other_code_and_parameters_are_reported_and_other_data_are_not() -> None:
    assert input_differences(lock_entry(1, "c", "d"), lock_entry(1, "c", "e")) is None
    found = input_differences(lock_entry(1, "c", "d"), lock_entry(2, "k", "d"))
    assert found is not None
    assert "datasets.iris.train.epochs (1, at HEAD 2), stages/core ('c', at HEAD 'k')" in found
