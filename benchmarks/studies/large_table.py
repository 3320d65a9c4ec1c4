"""python -m benchmarks.studies.large_table ROWS ... [--target TARGET] [--option NAME] [--stages NAME ...]

Makes a CSV file of so many rows by 10 columns and runs the stages on it, one after another. Prints the elapsed and the
processor seconds of each, the peak of its anonymous memory, and what it wrote. The target is a class, a value, or a
forecast: then the file has times too, and preprocess makes columns of earlier rows and steps on windows.

With `--option`, the table has the columns `time` (a second later in each row), `day` (in no order) and `customer` (one
for ten rows, at most a million) too, and is measured with one of these options: `by` and `group` split by day and by
customer, `outliers` expects few outliers, small z-scores and a distribution, `resample` makes a row of each minute.

The file and the outputs of one table are removed before the next. A row takes about 350 bytes of disk in `--folder`.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv

from benchmarks.measure_process import Usage, measure_process
from benchmarks.start_sides import REPOSITORY
from stages.core.run_stage.stage import report_user_errors


@dataclass(frozen=True)
class Option:
    """What conf/ has in place of the default, and the last stage that it matters for."""

    last_stage: str
    download: str = ""
    expectations: str = ""
    columns: str = "customer: ignore"
    split: str = "order: shuffled, seed: 0"


NO_OPTION = Option("report", columns="")
OPTIONS = {
    "by": Option("preprocess", split="order: chronological, by: day"),
    "group": Option("preprocess", columns="customer: group"),
    "outliers": Option(
        "validate",
        expectations="""
    - expect_column_values_to_not_be_outliers: {column: income, multiplier: 3, mostly: 0.9}
    - expect_column_value_z_scores_to_be_less_than: {column: weight, threshold: 5, double_sided: true, mostly: 0.9}
    - expect_column_kl_divergence_to_be_less_than:
        column: visits
        threshold: 1
        partition_object: {bins: [0, 2, 4, 100], weights: [0.2, 0.4, 0.4]}""",
    ),
    "resample": Option(
        "download", download="\n  kind: series\n  time: time\n  resample: {every: 1min, how: mean, gaps: forward}"
    ),
}
MODULE = "benchmarks.studies.large_table"
KEY = "large"
SOURCE = "data/source/large.csv"
ROWS_AT_ONCE = 500_000
MOST_CUSTOMERS = 1_000_000
KEY_COLUMNS = ("time", "day", "customer")
CITIES = np.array(["Berlin", "Busan", "Lagos", "Lima", "Oslo", "Quito", "Seoul", "Turin"])
# What each stage writes, in the order in which they run.
OUTPUTS = {
    "download": ("data/raw",),
    "validate": ("data/valid", "reports/profiles", "reports/validation"),
    "preprocess": ("data/processed",),
    "train": ("data/models", "reports/history"),
    "evaluate": ("data/predictions", "reports/evaluation", "reports/metrics"),
    "report": ("reports/pages",),
}
TARGETS = ("class", "value", "forecast")
CLASS_PREPROCESS = """\
preprocess:
  targets: bought
  labels: integer
"""
VALUE_PREPROCESS = """\
preprocess:
  targets: amount
"""
TABLE_PREPROCESS = """\
  columns:
    score: {{kind: number, missing: median}}{kinds}
  split: {{test: 0.1, validation: 0.1, {split}}}
  steps:
    - {{step: standard}}
"""
FORECAST_PREPROCESS = """\
preprocess:
  inputs: [amount, age, height, weight, income, visits, score]
  targets: amount
  columns:
    score: {kind: number, missing: forward, missing_indicator: true}
  split: {test: 0.1, validation: 0.1, order: chronological}
  steps:
    - {step: log_return, columns: [income]}
    - {step: lags, rows: [1, 24], columns: [amount, visits]}
    - {step: rolling, rows: 24, columns: [amount, visits], statistics: [mean, std]}
    - {step: seasonal_difference, columns: [weight]}
    - {step: robust}
    - {step: relative_to_last, columns: [height]}
    - {step: standard}
  target_steps:
    - {step: relative_to_last}
    - {step: standard}
  window: {length: 24, horizon: 12, steps: all, season: 24}
"""
DATASET = """\
defaults:
  - /train@train: {train}
  - _self_

download:
  source: file
  format: {{format: csv}}
  files:
    all: {{path: {source}, sha256: {sha256}}}
  limits: {{bytes: {limit}}}{download}

validate:
  columns: [{columns}]
  may_be_missing: [score]
  expectations:
    - expect_column_values_to_be_between: {{column: age, min_value: 18, max_value: 90}}
    - expect_column_values_to_be_in_set: {{column: city, value_set: [{cities}]}}
    - expect_column_mean_to_be_between: {{column: height, min_value: 160, max_value: 180}}{expectations}

{preprocess}
train:
  {output}
  model: {{kind: mlp, units: [32], activation: relu}}
  epochs: 1
  batch: 4096

evaluate: {{headline: {headline}}}

report:
  title: Large
  about: Made by a study.
"""
SUITE = """\
# @package _global_
defaults:
  - /dataset@datasets.{key}: {key}
  - _self_
suite: starter
"""


class StageUsage(NamedTuple):
    stage: str
    usage: Usage
    bytes_written: int


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("rows", metavar="ROWS", type=int, nargs="+")
    parser.add_argument("--target", choices=TARGETS, default="class")
    parser.add_argument("--option", choices=OPTIONS)
    parser.add_argument("--stages", nargs="+", choices=OUTPUTS)
    parser.add_argument("--folder", type=Path, default=Path())
    options = parser.parse_args(arguments)
    if options.option and options.target == "forecast":
        parser.error("--option is for a class or a value")
    option = OPTIONS.get(options.option)
    stages = options.stages or [*OUTPUTS][: None if option is None else [*OUTPUTS].index(option.last_stage) + 1]
    print("| rows | stage | seconds | processor seconds | peak anonymous MB | MB written |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |", flush=True)
    for rows in options.rows:
        with TemporaryDirectory(dir=options.folder) as name:
            folder = Path(name).absolute() / "clone"
            create_repository(folder, rows, options.target, option)
            for stage in measure_stages(folder, stages):
                print(format_line(rows, stage), flush=True)


def create_repository(folder: Path, rows: int, target: str, option: Option | None = None) -> None:
    """A clone of this repository with one dataset, and the file that it reads."""
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(folder)], check=True)  # noqa: S607
    source, keys = folder / SOURCE, key_columns(target, option)
    source.parent.mkdir(parents=True)
    sha256 = write_table(source, rows, keys)
    conf = dataset_conf(sha256, source.stat().st_size, target, option)
    (folder / f"conf/dataset/{KEY}.yaml").write_text(conf)
    (folder / "conf/suite/starter.yaml").write_text(SUITE.format(key=KEY))
    for module, *arguments in (("stages.cli", "compose"), ("stages.guard",)):
        run(folder, module, *arguments)


def key_columns(target: str, option: Option | None) -> Sequence[str]:
    """The columns that a table has beside its ten."""
    if target == "forecast":
        return ["time"]
    return KEY_COLUMNS if option else []


def dataset_conf(sha256: str, size: int, target: str, option: Option | None = None) -> str:
    is_class, is_series, more = target == "class", target == "forecast", option or NO_OPTION
    of_table = (CLASS_PREPROCESS if is_class else VALUE_PREPROCESS) + TABLE_PREPROCESS.format(
        kinds=f"\n    time: ignore\n    day: ignore\n    {more.columns}" if option else "", split=more.split
    )
    return DATASET.format(
        source=SOURCE,
        sha256=sha256,
        limit=size + 1,
        cities=", ".join(CITIES),
        download="\n  kind: series\n  time: time" if is_series else more.download,
        columns=", ".join(example_rows(0, 1, key_columns(target, option)).column_names),
        expectations=more.expectations,
        preprocess=FORECAST_PREPROCESS if is_series else of_table,
        train="classes" if is_class else "values",
        headline="accuracy" if is_class else "rmse",
        output="loss: sparse_categorical_crossentropy" if is_class else "loss: mean_squared_error",
    )


def write_table(target: Path, rows: int, keys: Sequence[str] = ()) -> str:
    """Write the rows a part at a time; returns the sha256 of the file."""
    with csv.CSVWriter(str(target), example_rows(0, 1, keys).schema) as writer:
        for start in range(0, rows, ROWS_AT_ONCE):
            writer.write_table(example_rows(start, min(ROWS_AT_ONCE, rows - start), keys, rows))
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def example_rows(start: int, count: int, keys: Sequence[str] = (), all_rows: int = 1) -> pa.Table:
    """The same rows for the same start. The targets depend on the inputs and on noise; one in 50 scores is missing."""
    random = np.random.default_rng([1, start])
    age, height = random.integers(18, 90, count), random.normal(170, 10, count).round(1)
    weight, income = random.normal(70, 12, count).round(1), random.lognormal(10, 0.5, count).round(2)
    visits, score = random.poisson(3, count), random.random(count).round(4)
    noise, city = random.normal(0, 1, count), random.integers(0, len(CITIES), count)
    amount = (income / 2000 + visits * 2 + (city < 3) * 5 + noise).round(2)
    bought = np.where(amount + noise > 22, "yes", "no")
    columns = {
        "age": age, "height": height, "weight": weight, "income": income, "visits": visits,
        "score": pa.array(score, mask=random.random(count) < 0.02), "amount": amount, "city": CITIES[city],
        "member": random.random(count) < 0.3, "bought": bought,
    }  # fmt: skip
    return pa.table({name: values for name, values in _keys(start, count, all_rows).items() if name in keys} | columns)


def _keys(start: int, count: int, all_rows: int) -> dict[str, Any]:
    random, begin = np.random.default_rng([2, start]), np.datetime64("2015-01-01", "s")
    customers = random.integers(0, min(max(1, all_rows // 10), MOST_CUSTOMERS), count)
    return {
        "time": np.datetime_as_string(begin + np.arange(start, start + count)),
        "day": np.datetime_as_string(begin.astype("M8[D]") + random.integers(0, 3000, count)),
        "customer": [f"customer {number}" for number in customers.tolist()],
    }


def measure_stages(folder: Path, stages: Sequence[str]) -> Iterator[StageUsage]:
    for stage in (stage for stage in OUTPUTS if stage in stages):
        command = [sys.executable, "-m", f"stages.{stage}", KEY]
        usage = measure_process(command, folder, clone_environment(folder))
        yield StageUsage(stage, usage, sum(bytes_in(folder / output) for output in OUTPUTS[stage]))


def bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def format_line(rows: int, stage: StageUsage) -> str:
    """
    >>> format_line(2_000_000, StageUsage("train", Usage(1.25, 2.0, 300_000_000), 1_500_000))
    '| 2,000,000 | train | 1.2 | 2.0 | 300 | 1.5 |'
    """
    seconds, processor_seconds, peak = stage.usage
    return (
        f"| {rows:,} | {stage.stage} | {seconds:.1f} | {processor_seconds:.1f} | {peak / 1e6:.0f} "
        f"| {stage.bytes_written / 1e6:.1f} |"
    )


def run(folder: Path, module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, cwd=folder, env=clone_environment(folder), check=True, stdout=subprocess.DEVNULL)


def clone_environment(clone: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(clone)}


if __name__ == "__main__":
    with report_user_errors(MODULE, debug=False):
        main(sys.argv[1:])
