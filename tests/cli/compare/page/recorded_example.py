"""A repository whose commits record the results of a small dataset, with the objects in the cache."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.cli.compare.comparison import DatasetComparison, MetricChange
from stages.cli.revisions.snapshot import Snapshot, open_snapshot
from stages.core.dvc.storage.cache import cache_object, folder_object, md5_of_folder
from stages.report.recorded.recorded_predictions import Predictions, from_texts
from tests.cli.revisions.recorded_repository import git, store
from tests.report.example_datasets import ExampleDataset, write_example

STAGES = {
    "download": ["data/raw/mine"],
    "preprocess": ["data/processed/mine"],
    "train": ["data/models/mine", "reports/history/mine.csv"],
    "evaluate": ["data/predictions/mine", "reports/evaluation/mine.json"],
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(tmp_path / "none"))
    git("init", "--quiet", "--initial-branch", "main")
    Path(".gitignore").write_text(".dvc/cache\ndata\nreports\n")
    Path(".dvc").mkdir()
    Path(".dvc/config").write_text("")
    return tmp_path


def record(example: ExampleDataset, tag: str) -> None:
    """Write the dataset as "mine", put its outputs into the cache, and commit a dvc.lock that records them."""
    write_example(example)
    lines = ["schema: '2.0'", "stages:"]
    for stage, outputs in STAGES.items():
        lines += [f"  {stage}@mine:", "    cmd: run", "    outs:"]
        for path in outputs:
            lines += [f"    - path: {path}", "      hash: md5", f"      md5: {_store(Path(path))}"]
    Path("dvc.lock").write_text("\n".join(lines) + "\n")
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", tag)
    git("tag", tag)


def _store(path: Path) -> str:
    if path.is_file():
        return store(path.read_bytes())
    files = {f.relative_to(path).as_posix(): store(f.read_bytes()) for f in sorted(path.rglob("*")) if f.is_file()}
    md5 = md5_of_folder(files)
    cache_object(md5).parent.mkdir(parents=True, exist_ok=True)
    cache_object(md5).write_bytes(folder_object(files))
    return md5


@contextmanager
def recorded(base: ExampleDataset, head: ExampleDataset) -> Iterator[tuple[Snapshot, Snapshot]]:
    """The tag `before`, and the working tree."""
    record(base, "before")
    record(head, "after")
    with open_snapshot("before") as first, open_snapshot(None) as second:
        yield first, second


def predicted(predictions: Predictions, **columns: list[str]) -> Predictions:
    """Predictions with other texts in some columns."""
    other = from_texts(predictions.split, predictions.targets, [], columns, {})
    return replace(
        predictions,
        classes={**predictions.classes, **other.classes},
        values={**predictions.values, **other.values},
    )


def compared(metric: str = "accuracy", **changes: Any) -> DatasetComparison:
    """A dataset whose headline metric is better by 0.25."""
    change = MetricChange(
        name=metric, headline=True, better="higher", base=0.5, head=0.75, change=0.25, relative=0.5, improvement=0.25,
        result="better",
    )  # fmt: skip
    fields: Mapping[str, Any] = {
        "key": "mine", "title": "Mine", "state": "changed", "same_rows": True, "metrics": [change],
    }  # fmt: skip
    return DatasetComparison.model_validate({**fields, **changes})
