"""A repository whose commits record a small dataset, with the objects in the cache, made without DVC."""

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.records.evaluation import (
    BestBaseline,
    DecisionThreshold,
    EvaluationRecord,
    Headline,
)
from stages.core.artefacts.records.record import record_text
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.dvc.storage.cache import cache_object, folder_object, md5_of_folder
from tests.stories.repo import environment

FITTED = Fitted(
    inputs={"x": InputSpec(column=NumberColumns(columns=["a", "b"]), shape=[2])},
    targets={"y": TargetSpec(column=ClassLabels(columns=["y"], encoding="integer", classes=["no", "yes"]))},
    splits={"train": 4, "test": 2},
)
TRAINING = TrainingRecord(
    best_epoch=1, epochs=1, monitor="loss", kept="last", loss={"y": "pinball"}, quantiles=[0.1, 0.5, 0.9],
    parameters=3, trainable=3, layers=[], engine="keras", threads=1, seeds=[], pinned={}, versions={},
)  # fmt: skip
EVALUATION = EvaluationRecord(
    split="test", samples=2, metrics={"y": {"accuracy": 1.0}}, baselines={},
    headline=Headline(target="y", metric="accuracy", better="higher", value=1.0),
    best_baseline=BestBaseline(name="majority", value=0.5, improvement=0.5), best_epoch=1, epochs=1,
    thresholds={"y": DecisionThreshold(value=0.3, positive="yes")},
)  # fmt: skip
Content = Mapping[str, str | Mapping[str, str | bytes]]
OLD: Content = {
    "data/raw/tiny": {"meta.json": "{}", "all.parquet": "rows"},
    "data/processed/tiny": {"fitted.json": record_text(FITTED), "train/rows.json": "{}"},
    "data/models/tiny": {"model.keras": "model", "training.json": record_text(TRAINING), "seeds/2.keras": "other"},
    "data/predictions/tiny": {"predictions.csv": "row\n"},
    "data/guard/params": {"tiny.json": '{"train": 1}', "other.json": "{}"},
    "reports/evaluation/tiny.json": record_text(EVALUATION),
    "reports/profiles/tiny.json": "{}",
}
STAGES = {
    "guard": ["data/guard/models", "data/guard/params"],
    "download@tiny": ["data/raw/tiny"],
    "validate@tiny": ["reports/profiles/tiny.json"],
    "preprocess@tiny": ["data/processed/tiny"],
    "train@tiny": ["data/models/tiny"],
    "evaluate@tiny": ["data/predictions/tiny", "reports/evaluation/tiny.json"],
}


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], check=True, capture_output=True, text=True, env=environment()
    ).stdout.strip()


def store(content: bytes) -> str:
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    cache_object(md5).parent.mkdir(parents=True, exist_ok=True)
    cache_object(md5).write_bytes(content)
    return md5


def store_output(content: str | Mapping[str, str | bytes]) -> str:
    if isinstance(content, str):
        return store(content.encode())
    files = {name: store(part.encode() if isinstance(part, str) else part) for name, part in content.items()}
    md5 = md5_of_folder(files)
    cache_object(md5).parent.mkdir(parents=True, exist_ok=True)
    cache_object(md5).write_bytes(folder_object(files))
    return md5


def lock_text(content: Content) -> str:
    lines = ["schema: '2.0'", "stages:"]
    for stage, outputs in STAGES.items():
        lines += [f"  {stage}:", "    cmd: run", "    outs:"]
        for path in outputs:
            if path in content:
                lines += [f"    - path: {path}", "      hash: md5", f"      md5: {store_output(content[path])}"]
    return "\n".join(lines) + "\n"


def commit(content: Content, tag: str) -> str:
    """The commit of a dvc.lock that records this content."""
    Path("dvc.lock").write_text(lock_text(content))
    git("add", "--all")
    git("commit", "--quiet", "--message", tag)
    git("tag", tag)
    return git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tag `old` has no output_settings.json; HEAD has no results."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(tmp_path / "none"))
    git("init", "--quiet", "--initial-branch", "main")
    Path(".gitignore").write_text(".dvc/cache\n")
    Path(".dvc").mkdir()
    Path(".dvc/config").write_text("")
    Path("conf/accepted").mkdir(parents=True)
    Path("conf/accepted/tiny.json").write_text("accepted")
    commit(OLD, "old")
    Path("conf/accepted/tiny.json").write_text("accepted later")
    Path("dvc.lock").write_text("schema: '2.0'\nstages: {}\n")
    git("commit", "--quiet", "--all", "--message", "No results")
    return tmp_path
