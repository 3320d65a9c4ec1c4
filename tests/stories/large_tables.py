"""Datasets of a few hundred rows that are stored in blocks, and the same ones in one piece."""

import csv
import hashlib
import random
from datetime import date, timedelta
from pathlib import Path

from tests.stories.repo import Repo

ROWS = 1_000
BLOCK_ROWS = 100

SUITE = """\
# @package _global_
defaults:
{datasets}
  - _self_
suite: starter
"""

ORDERS = """\
# Orders, whose return and whose price follow from the measured columns.
download:
  source: file
  format: {{format: csv}}
  {block_rows}files:
    all: {{path: data/orders.csv, sha256: {digest}}}

validate:
  columns: [ordered, length, width, shop, express, returned, price]
  may_be_missing: [length]
  # They are not judged in blocks, and the page says so.
  near_duplicates: {{across_splits: "off"}}

preprocess:
  targets: {{returned: returned, price: price}}
  labels: {{returned: one_hot}}
  columns: {{length: {{kind: number, missing: median}}}}
  split: {{test: 0.2, validation: 0.2, order: chronological}}
  steps: [{{step: standard}}]
  target_steps: [{{step: standard}}]

train:
  model: {{kind: mlp, units: [8]}}
  output: {{returned: softmax, price: linear}}
  loss: {{returned: categorical_crossentropy, price: mean_squared_error}}
  metrics: {{returned: [accuracy], price: [mean_absolute_error]}}
  optimizer: {{kind: adam, learning_rate: 0.02}}
  monitor: val_loss
  epochs: 3
  batch: 16

evaluate:
  headline: returned.accuracy
  baselines: [majority, linear]

report:
  title: Orders
"""

POWER = """\
# The consumption of each hour of a series.
download:
  source: file
  format: {{format: csv}}
  kind: series
  time: hour
  {block_rows}files:
    all: {{path: data/power.csv, sha256: {digest}}}

validate: {{columns: [hour, load, degrees]}}

preprocess:
  inputs: [load, degrees]
  targets: {{load: load}}
  split: {{test: 0.2, validation: 0.2, order: chronological}}
  steps: [{{step: standard}}]
  window: {{length: 6, horizon: 3, steps: all}}

train:
  model: {{kind: mlp, units: [8]}}
  output: linear
  loss: mean_squared_error
  optimizer: {{kind: adam, learning_rate: 0.01}}
  monitor: val_loss
  epochs: 2
  batch: 16

evaluate:
  headline: rmse
  baselines: [persistence]

report:
  title: Power
"""


def write_orders(path: Path, rows: int = ROWS) -> None:
    """Lengths have gaps; the last column is the first that a row does not need."""
    drawn, day = random.Random(3), date(2021, 1, 1)
    lines: list[tuple[object, ...]] = [("ordered", "length", "width", "shop", "express", "returned", "price")]
    for number in range(rows):
        length, width = drawn.gauss(10, 2), drawn.gauss(5, 1)
        shop, express = drawn.choice(["north", "south", "west"]), drawn.random() < 0.5
        returned = "yes" if length + (shop == "west") > 10.5 else "no"
        given = "" if drawn.random() < 0.1 else f"{length:.3f}"
        price = 3 * width + 2 * express + drawn.gauss(0, 0.1)
        ordered = day + timedelta(days=number // 2)
        lines.append((ordered, given, f"{width:.3f}", shop, str(express).lower(), returned, f"{price:.3f}"))
    write_csv(path, lines)


def write_power(path: Path, rows: int = ROWS) -> None:
    drawn, hour = random.Random(4), date(2022, 1, 1)
    lines: list[tuple[object, ...]] = [("hour", "load", "degrees")]
    for number in range(rows):
        degrees = 10 + (number % 24) / 2 + drawn.gauss(0, 0.5)
        time = f"{hour + timedelta(days=number // 24)} {number % 24:02}:00"
        lines.append((time, f"{50 + 2 * degrees + drawn.gauss(0, 1):.3f}", f"{degrees:.3f}"))
    write_csv(path, lines)


def write_csv(path: Path, lines: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def add_datasets(repo: Repo, datasets: dict[str, tuple[str, str]], block_rows: dict[str, int]) -> None:
    """`datasets` has the text of conf and the file of each key; those in `block_rows` are stored in blocks."""
    for key, (conf, file) in datasets.items():
        digest = hashlib.sha256((repo.path / file).read_bytes()).hexdigest()
        size = f"block_rows: {block_rows[key]}\n  " if key in block_rows else ""
        repo.write(f"conf/dataset/{key}.yaml", conf.format(digest=digest, block_rows=size))
    names = "\n".join(f"  - /dataset@datasets.{key}: {key}" for key in datasets)
    repo.write("conf/suite/starter.yaml", SUITE.format(datasets=names))
