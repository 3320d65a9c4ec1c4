"""A repository with gates, and ten changes that a team could propose on a branch of it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from stages.cli.compare.comparison import Result, State
from tests.stories.repo import Repo, clone

SUITE = """\
# @package _global_
defaults:
  - /dataset@datasets.iris: iris
  - /dataset@datasets.sensor: sensor
  - /dataset@datasets.line_exact: line_exact
  - _self_
suite: tiny
datasets:
  iris:
    preprocess: {split: {test: 0.4}}
    train: {epochs: 8, model: {units: [16]}}
    evaluate:
      gate:
        at_least: {accuracy: 0.5}
        no_worse_than_base: {accuracy: noise, log_loss: 0.1}
        max_model_bytes: 200000
  line_exact:
    train: {epochs: 5}
"""
SENSOR = """\
defaults:
  - /train@train: classes
  - _self_
download:
  source: file
  format: {{format: csv}}
  files:
    all: {{path: data/sensor.csv, sha256: {sha256}}}
validate:
  columns: [heat, noise, state]
  expectations:
    - expect_column_values_to_be_between: {{column: heat, min_value: 0, max_value: 100}}
preprocess:
  targets: state
  labels: one_hot
  split: {{test: 0.4, validation: 0.2, order: stratified}}
  steps: [{{step: standard}}]
train: {{model: {{kind: mlp, units: [8]}}, epochs: 10, batch: 8, optimizer: {{learning_rate: 0.02}}}}
evaluate:
  headline: accuracy
  gate:
    at_least: {{accuracy: 0.75}}
    no_worse_than_base: {{accuracy: noise}}
    no_drift: true
    no_leakage: true
report: {{title: Sensor}}
"""
Row = tuple[float, float, str]


def sensor_rows(count: int = 240, warmer: float = 0.0) -> list[Row]:
    """Devices fail where they are hot; every tenth label is wrong."""
    random, rows = Random(17), []
    for number in range(count):
        heat, noise = random.uniform(20, 80), random.uniform(0, 1)
        fails = (heat > 50) != (number % 10 == 0)
        rows.append((round(heat + warmer, 3), round(noise, 3), "fails" if fails else "works"))
    return rows


def write_sensor(repo: Repo, rows: list[Row]) -> None:
    """The file, and its dataset with the new hash."""
    lines = ["heat,noise,state", *(f"{heat},{noise},{state}" for heat, noise, state in rows)]
    repo.write("data/sensor.csv", "\n".join([*lines, ""]))
    digest = hashlib.sha256((repo.path / "data/sensor.csv").read_bytes()).hexdigest()
    repo.write("conf/dataset/sensor.yaml", SENSOR.format(sha256=digest))


def create_repository(target: Path, preloaded: str) -> Repo:
    """Its main branch has results and an accepted profile."""
    repo = clone(target, SUITE.replace("  - /dataset@datasets.sensor: sensor\n", ""), preloaded)
    write_sensor(repo, sensor_rows())
    repo.write("conf/suite/starter.yaml", SUITE)
    repo.append(".gitignore", "\n!/data/sensor.csv\n")
    repo.restage("run")
    repo.restage("accept", "sensor")
    repo.restage("run")
    repo.commit("Results")
    return repo


def edit_conf(name: str, old: str, new: str) -> Callable[[Repo], None]:
    return lambda repo: repo.edit(name, old, new)


def without_line_exact(repo: Repo) -> None:
    repo.edit("conf/suite/starter.yaml", "  - /dataset@datasets.line_exact: line_exact\n", "")
    repo.edit("conf/suite/starter.yaml", "  line_exact:\n    train: {epochs: 5}\n", "")


def with_diabetes(repo: Repo) -> None:
    repo.edit("conf/suite/starter.yaml", "  - _self_\n", "  - /dataset@datasets.diabetes: diabetes\n  - _self_\n")
    gate = "{at_most: {rmse: 500}, no_worse_than_base: {rmse: noise}}"
    repo.append("conf/suite/starter.yaml", f"  diabetes:\n    train: {{epochs: 2}}\n    evaluate: {{gate: {gate}}}\n")


def other_rows(repo: Repo) -> None:
    rows = sensor_rows(250)
    write_sensor(repo, rows[10:])


def too_hot(repo: Repo) -> None:
    rows = sensor_rows()
    write_sensor(repo, [(120.0, rows[0][1], rows[0][2]), *rows[1:]])


@dataclass(frozen=True)
class PullRequest:
    """`failed` are the gates that fail, such as `iris.at_least.accuracy`, or `sensor` for stale results.

    `states` and `results` are those of compare, of the datasets and of the headlines that differ. `comment` has texts
    of the Markdown. `runs` is False if `restage run` fails.
    """

    change: Callable[[Repo], None]
    failed: frozenset[str] = frozenset()
    states: Mapping[str, State] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    comment: Sequence[str] = ()
    runs: bool = True


PULL_REQUESTS = {
    "better": PullRequest(
        edit_conf("conf/suite/starter.yaml", "epochs: 8", "epochs: 60"),
        states={"iris": "changed"},
        results={"iris": "better"},
        comment=["| **better** | train.epochs 8 → 60 |", "| `train.epochs` | `8` | `60` |"],
    ),
    "worse": PullRequest(
        edit_conf("conf/suite/starter.yaml", "epochs: 8", "epochs: 1"),
        failed=frozenset(
            {"iris.at_least.accuracy", "iris.no_worse_than_base.accuracy", "iris.no_worse_than_base.log_loss"}
        ),
        states={"iris": "changed"},
        results={"iris": "worse"},
        comment=["| **worse** | train.epochs 8 → 1 |"],
    ),
    "within_noise": PullRequest(
        edit_conf("conf/suite/starter.yaml", "epochs: 8", "epochs: 9"),
        states={"iris": "changed"},
        results={"iris": "within noise"},
        comment=["| within noise | train.epochs 8 → 9 |"],
    ),
    "other_rows": PullRequest(
        other_rows,
        states={"sensor": "changed"},
        results={"sensor": "within noise"},
        comment=["| within noise | other rows; download.files.all.sha256 "],
    ),
    "new_dataset": PullRequest(
        with_diabetes,
        states={"diabetes": "new"},
        results={"diabetes": "new"},
        comment=["than the best baseline", "suite starter: with diabetes"],
    ),
    "removed_dataset": PullRequest(
        without_line_exact,
        states={"line_exact": "removed"},
        results={"line_exact": "removed"},
        comment=["suite starter: without line_exact"],
    ),
    "failed_validation": PullRequest(
        too_hot,
        failed=frozenset({"sensor"}),
        states={"sensor": "changed"},
        comment=["| **validation fails** | expect_column_values_to_be_between(heat) fails;", "run `restage run`."],
        runs=False,
    ),
    "drift": PullRequest(
        lambda repo: write_sensor(repo, sensor_rows(warmer=15)),
        failed=frozenset({"sensor.no_drift"}),
        states={"sensor": "changed"},
        comment=["| same | heat drifted;", "heat exceeds psi"],
    ),
    "code_only": PullRequest(
        lambda repo: repo.append("stages/evaluate/params.py", "\n# A comment.\n"),
        states={"iris": "changed", "sensor": "changed", "line_exact": "changed"},
        comment=["3 datasets with the same results (iris, sensor, line_exact); stages: evaluate (code)."],
    ),
    "conf_only": PullRequest(
        edit_conf("conf/suite/starter.yaml", "{accuracy: 0.5}", "{accuracy: 0.4}"),
        states={"iris": "changed"},
        comment=["| same | evaluate.gate.at_least.accuracy 0.5 → 0.4 |"],
    ),
}
