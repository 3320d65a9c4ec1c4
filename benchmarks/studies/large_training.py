"""python -m benchmarks.studies.large_training [ROWS] [--columns N] [--batch N] [--rounds N] [--folder FOLDER]

Trains the same small net on the same processed arrays in four ways: with samples that are streamed from the files, with
samples in memory, with `fit` of Keras on arrays in memory, and with `fit` on a tf.data.Dataset that reads the files.
Prints the processor and elapsed seconds of an epoch after the first one, which compiles, and the peak of anonymous
memory.

The dataset reads whole batches of consecutive rows, in random order, while the step before runs: it shuffles less than
the other three. All have one thread. The sides run one after the other in each round.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from benchmarks.measure_process import measure_process
from benchmarks.start_sides import REPOSITORY
from stages.core.artefacts.processed import (
    TRAIN,
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    read_processed,
    write_processed,
)
from stages.core.columns.number_columns import NumberColumns
from stages.core.parameters.validation_errors import type_adapter
from stages.core.runtime.keras import start_keras
from stages.train.params import Train

MODULE = "benchmarks.studies.large_training"
EPOCHS = 4


class Epoch(NamedTuple):
    processor_seconds: float
    seconds: float


class Settings(NamedTuple):
    data: Path
    batch: int


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("rows", metavar="ROWS", type=int, nargs="?", default=8_000_000)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--side", nargs=2, metavar=("SIDE", "DATA"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.side:
        side, data = options.side
        start_keras(1)
        epochs = SIDES[side](Settings(Path(data), options.batch))
        (Path(data).parent / f"{side}.json").write_text(json.dumps(epochs))
        return
    with TemporaryDirectory(dir=options.folder) as name:
        write_arrays(Path(name) / "data", options.rows, options.columns)
        costs: dict[str, list[tuple[Epoch, int]]] = {side: [] for side in SIDES}
        for _ in range(options.rounds):
            for side in SIDES:
                costs[side].append(measure_side(side, Path(name) / "data", options.batch))
    print("| side | processor seconds | seconds | peak anonymous MB |")
    print("| --- | ---: | ---: | ---: |")
    for side, found in costs.items():
        processor, elapsed = (median(values) for values in zip(*(epoch for epoch, _ in found), strict=True))
        print(f"| {side} | {processor:.2f} | {elapsed:.2f} | {max(peak for _, peak in found) / 1e6:.0f} |")


def write_arrays(folder: Path, rows: int, columns: int) -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal((rows, columns), np.float32)
    y = (x @ random.standard_normal((columns, 1), np.float32)) + random.standard_normal((rows, 1), np.float32)
    names = [f"n{number}" for number in range(columns)]
    fitted = Fitted(
        inputs={"x": InputSpec(column=NumberColumns(columns=names), shape=[columns])},
        targets={"y": TargetSpec(column=NumberColumns(columns=["y"]))},
        splits={TRAIN: rows},
    )
    write_processed(ProcessedData(fitted, {TRAIN: ProcessedSplit({"x": x}, {"y": y}, np.arange(rows))}), folder)


def measure_side(side: str, data: Path, batch: int) -> tuple[Epoch, int]:
    """The median of the epochs after the first one, and the peak of the whole process."""
    command = [sys.executable, "-m", MODULE, "--batch", str(batch), "--side", side, str(data)]
    usage = measure_process(command, REPOSITORY, {**os.environ, "PYTHONPATH": str(REPOSITORY)})
    epochs = json.loads((data.parent / f"{side}.json").read_text())[1:]
    return Epoch(*(median(values) for values in zip(*epochs, strict=True))), usage.peak_bytes


def time_epochs(epochs: Iterator[Any]) -> list[Epoch]:
    found = []
    before = time.process_time(), time.perf_counter()
    for _ in epochs:
        now = time.process_time(), time.perf_counter()
        found.append(Epoch(now[0] - before[0], now[1] - before[1]))
        before = now
    return found


def train_params(batch: int) -> Train:
    params: Train = type_adapter(Train).validate_python(
        {
            "model": {"kind": "mlp", "units": [32]},
            "output": "linear",
            "loss": "mean_squared_error",
            "optimizer": {"kind": "adam"},
            "monitor": "loss",
            "epochs": EPOCHS,
            "batch": batch,
        }
    )
    return params


def train_with_restage(settings: Settings, largest_in_memory: float) -> list[Epoch]:
    # These modules load Keras.
    from stages.train.loop.streaming import data_size
    from stages.train.loop.training_loop import Training

    data_size.IN_MEMORY_BYTES = largest_in_memory  # type: ignore[assignment]
    training = Training(read_processed(settings.data), train_params(settings.batch))
    return time_epochs(training.epochs.train(0, epoch, epoch) for epoch in range(1, EPOCHS + 1))


def train_with_fit(settings: Settings, dataset: Callable[[Any, Any, int], Any] | None) -> list[Epoch]:
    from stages.train.model.build_model import build_model

    processed = read_processed(settings.data)
    model = build_model(train_params(settings.batch), processed.fitted)
    x, y = processed.splits[TRAIN].inputs["x"], processed.splits[TRAIN].targets["y"]
    if dataset:
        given = {"x": dataset(x, y, settings.batch)}
    else:
        given = {"x": np.array(x), "y": np.array(y), "batch_size": settings.batch}
    return time_epochs(model.fit(**given, epochs=1, verbose=0) for _ in range(EPOCHS))


def shuffled_batches(x: Any, y: Any, batch: int) -> Any:
    import tensorflow as tf

    def read(number: Any) -> tuple[Any, Any]:
        return tuple(np.array(array[number * batch : (number + 1) * batch]) for array in (x, y))  # type: ignore[return-value]

    def read_batch(number: Any) -> tuple[Any, Any]:
        of_x, of_y = tf.numpy_function(read, [number], [tf.float32, tf.float32])
        return tf.ensure_shape(of_x, (None, x.shape[1])), tf.ensure_shape(of_y, (None, 1))

    count = -(-len(x) // batch)
    return tf.data.Dataset.range(count).shuffle(count, seed=0).map(read_batch).prefetch(2)


SIDES: dict[str, Callable[[Settings], list[Epoch]]] = {
    "streamed": lambda settings: train_with_restage(settings, 0),
    "in memory": lambda settings: train_with_restage(settings, float("inf")),
    "fit, arrays": lambda settings: train_with_fit(settings, None),
    "fit, tf.data": lambda settings: train_with_fit(settings, shuffled_batches),
}


if __name__ == "__main__":
    main(sys.argv[1:])
