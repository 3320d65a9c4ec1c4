"""`restage predict` with real models: the rows that evaluate measured, new rows, and the model of an older revision."""

import csv
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from tests.stories.repo import Repo

ROW = ["sepal_length_cm=5.1", "sepal_width_cm=3.5", "petal_length_cm=1.4", "petal_width_cm=0.2"]


SUITE = """\
# @package _global_
defaults:
  - /dataset@datasets.monthly: monthly
  - _self_
suite: starter
"""
MONTHLY = """\
defaults:
  - /train@train: values
  - _self_
download:
  source: file
  format: {{format: csv}}
  kind: series
  time: month
  files:
    all: {{path: monthly.csv, sha256: {sha256}}}
validate: {{columns: [month, value]}}
preprocess:
  inputs: [value]
  targets: value
  window: {{length: 4, horizon: 2, steps: all}}
  split: {{test: 12, validation: 12, order: chronological}}
  steps: [{{step: standard}}]
  target_steps: [{{step: standard}}]
train:
  model: {{kind: linear}}
  epochs: 3
  batch: 8
evaluate: {{headline: rmse}}
report: {{title: Monthly}}
"""


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def states_of_files(folder: Path) -> dict[str, tuple[int, int]]:
    """The time and size of each file but those that Git and DVC keep for themselves."""
    files = [p for p in folder.rglob("*") if not p.is_dir() and {".git", "tmp"}.isdisjoint(p.parts)]
    return {str(file): (file.lstat().st_mtime_ns, file.lstat().st_size) for file in files}


def test_the_split_that_evaluate_measured_has_the_same_predictions(repo: Repo) -> None:
    for key, column in (("iris", "species"), ("line_exact", "y")):
        recorded = rows_of(repo.read(f"data/predictions/{key}/predictions.csv"))
        found = rows_of(repo.restage("predict", key).stdout)
        assert [row["row"] for row in found] == [row["row"] for row in recorded]
        for row, expected in zip(found, recorded, strict=True):
            if key == "iris":
                assert row[column] == expected[f"{column}_predicted"]
                assert f"{float(row[f'{column}_probability']):.6g}" == f"{float(expected[f'{column}_probability']):.6g}"
            else:
                assert f"{float(row[column]):.9g}" == f"{float(expected[f'{column}_predicted']):.9g}"
    stored = np.load(repo.path / "data/predictions/iris/probabilities.species.npy")
    found = rows_of(repo.restage("predict", "iris").stdout)
    classes = ("setosa", "versicolor", "virginica")
    again = np.array([[row[f"species_p_{name}"] for name in classes] for row in found], np.float64)
    np.testing.assert_array_equal(again.astype(np.float32), stored)


@pytest.mark.long
def test_new_rows_of_a_file_and_the_model_of_an_older_revision(repo: Repo) -> None:
    repo.restage("accept", "iris")
    repo.commit("Accepted")
    repo.git("tag", "v1")
    before = repo.restage("predict", "iris", "--row", *ROW)
    assert before.stderr == "restage: predict: input: 1 row; within the accepted profile\n"
    first = before.stdout

    repo.edit("conf/suite/starter.yaml", "units: [8]", "units: [5]")
    changed = repo.restage("predict", "iris", "--row", *ROW)
    assert changed.stdout == first
    assert "conf/ has changed since (train): `restage run iris`" in changed.stderr
    repo.restage("run", "iris")
    now = repo.restage("predict", "iris", "--row", *ROW)
    assert now.stdout != first
    assert "changed" not in now.stderr

    states, status = states_of_files(repo.path), repo.git("status", "--porcelain")
    assert repo.restage("predict", "iris", "--rev", "v1", "--row", *ROW).stdout == first
    of_split = repo.restage("predict", "iris", "--rev", "v1").stdout
    assert (states_of_files(repo.path), repo.git("status", "--porcelain")) == (states, status)
    assert len(rows_of(of_split)) == 30
    assert of_split != repo.restage("predict", "iris").stdout

    text = "id,petal_width_cm,petal_length_cm,sepal_width_cm,sepal_length_cm\n"
    repo.write("new.csv", text + "a,0.2,1.4,3.5,5.1\nb,wide,1.4,3.5,5.1\nc,9,1.4,3.5,5.1\n")
    refused = repo.restage("predict", "iris", "new.csv", "-o", "done.jsonl", ok=False)
    assert refused.returncode == 1
    assert "new.csv: row 2: column petal_width_cm: 'wide' is not a number" in refused.stderr
    assert not (repo.path / "done.jsonl").exists()
    skipped = repo.restage("predict", "iris", "new.csv", "-o", "done.jsonl", "--skip-bad")
    assert "petal_width_cm: 1 value outside 0.1 to 2.5" in skipped.stderr
    assert [json.loads(line)["id"] for line in repo.read("done.jsonl").splitlines()] == ["a", "c"]
    assert repo.read("done.bad.csv").splitlines()[1].startswith("2,")


def test_a_model_of_another_commit_is_not_used(repo: Repo) -> None:
    model = repo.path / "data/models/iris/model.keras"
    model.unlink()
    model.write_bytes(b"another model")
    refused = repo.restage("predict", "iris", ok=False)
    assert "data/models/iris/model.keras: not what dvc.lock records; run `dvc checkout`" in refused.stderr


@pytest.mark.long
def test_the_next_values_of_a_series_have_dates_and_an_interval(repo: Repo) -> None:
    months = np.arange("2015-01", "2020-01", dtype="M8[M]").astype("M8[D]")
    lines = [f"{month},{100 + n + 10 * (n % 12)}" for n, month in enumerate(months)]
    text = "\n".join(["month,value", *lines]) + "\n"
    repo.write("monthly.csv", text)
    repo.write("conf/dataset/monthly.yaml", MONTHLY.format(sha256=hashlib.sha256(text.encode()).hexdigest()))
    repo.write("conf/suite/starter.yaml", SUITE)
    repo.restage("compose")
    repo.dvc("repro", "evaluate@monthly")

    found = rows_of(repo.restage("predict", "monthly").stdout)
    assert [(row["month"], row["step"]) for row in found] == [("2020-01-01", "1"), ("2020-02-01", "2")]
    assert all(float(row["value_lower"]) <= float(row["value"]) <= float(row["value_upper"]) for row in found)
    repo.write("last.csv", "\n".join(["month,value", *lines[-24:]]) + "\n")
    assert rows_of(repo.restage("predict", "monthly", "last.csv").stdout) == found

    recorded = rows_of(repo.read("data/predictions/monthly/predictions.csv"))
    again = rows_of(repo.restage("predict", "monthly", "--split", "test").stdout)
    values = {"value": "value_predicted", "value_lower": "value_lower", "value_upper": "value_upper"}
    assert len(again) == len(recorded)
    for row, expected in zip(again, recorded, strict=True):
        assert (row["row"], row["step"]) == (expected["row"], expected["step"])
        assert [f"{float(row[a]):.9g}" for a in values] == [f"{float(expected[b]):.9g}" for b in values.values()]
