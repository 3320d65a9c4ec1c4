"""A table with patients, weights, a class and a value to predict, from source to page."""

import csv
import hashlib
import json
import random
from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.processed import read_processed
from tests.stories.repo import Repo

SUITE = """\
# @package _global_
defaults:
  - /dataset@datasets.clinic: clinic
  - _self_
suite: starter
"""

DATASET = """\
# The state and the blood value of patients who came several times.
download:
  source: file
  format: {{format: csv}}
  files:
    all: {{path: data/clinic.csv, sha256: {digest}}}

validate: {{columns: [patient, a, b, survey_weight, state, value]}}

preprocess:
  targets: {{state: state, value: value}}
  labels: {{state: one_hot}}
  columns: {{patient: group, survey_weight: weight}}
  split: {{test: 0.25, validation: 0.25, order: stratified}}
  steps: [{{step: standard}}]
  target_steps: [{{step: standard}}]

train:
  model: {{kind: mlp, units: [8]}}
  output: {{state: softmax, value: linear}}
  loss: {{state: categorical_crossentropy, value: mean_squared_error}}
  loss_weights: {{value: 0.5}}
  metrics: {{state: [accuracy], value: [mean_absolute_error]}}
  class_weight: {{state: balanced}}
  optimizer: {{kind: adam, learning_rate: 0.02}}
  monitor: val_state_loss
  early_stopping: {{patience: 3}}
  seeds: 2
  epochs: 12
  batch: 16

evaluate:
  headline: state.weighted_accuracy
  baselines: [majority, linear]

report:
  title: Clinic
"""


def write_table(path: Path) -> list[str]:
    """The state and the value follow from the two measured columns. Returns the patient of each row."""
    drawn = random.Random(1)
    rows = []
    for patient in range(30):
        for _ in range(drawn.randint(1, 8)):
            a, b = drawn.gauss(0, 1), drawn.gauss(0, 1)
            weight = drawn.choice([0.5, 1, 2])
            rows.append((f"p{patient}", a, b, weight, "ill" if a + b > 0.8 else "well", 3 * a - b + 10))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("patient", "a", "b", "survey_weight", "state", "value"), *rows])
    return [row[0] for row in rows]


@pytest.mark.long
def test_groups_weights_and_two_kinds_of_targets(repo: Repo) -> None:
    table = repo.path / "data/clinic.csv"
    patients = np.array(write_table(table))
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    repo.write("conf/dataset/clinic.yaml", DATASET.format(digest=digest))
    repo.write("conf/suite/starter.yaml", SUITE)
    repo.restage("run", "--no-preload")

    processed = read_processed(repo.path / "data/processed/clinic")
    in_split = [set(patients[processed.raw_row_numbers(split)]) for split in processed.splits]
    assert sum(map(len, in_split)) == 30
    assert processed.fitted.inputs["x"].columns == ["a", "b"]
    assert processed.fitted.weight == "survey_weight"
    training = json.loads(repo.read("data/models/clinic/training.json"))
    assert training["class_weights"]["state"]["ill"] > 1 > training["class_weights"]["state"]["well"]
    assert training["loss_weights"] == {"value": 0.5}
    assert [seed["seed"] for seed in training["seeds"]] == [0, 1]
    assert repo.read("reports/history/clinic.csv").splitlines()[0] == (
        "epoch,loss,state_loss,value_loss,state_accuracy,value_mean_absolute_error,"
        "val_loss,val_state_loss,val_value_loss,val_state_accuracy,val_value_mean_absolute_error"
    )
    metrics = json.loads(repo.read("reports/metrics/clinic.json"))
    assert metrics["state"]["weighted_accuracy"] > 0.7
    assert metrics["state"]["weighted_accuracy"] != metrics["state"]["accuracy"]
    assert metrics["value"]["r2"] > 0.5
    page = repo.read("reports/pages/clinic.html")
    assert "survey_weight" in page
    assert "The classes of state have the weights" in page
    assert "nothing to run" in repo.restage("run").stdout
