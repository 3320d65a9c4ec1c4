"""python3 -m benchmarks.quality_study KEY... [--seeds N]

Is a model as good from our engines as from Keras' own `fit`? The same data, model, optimizer and epochs, from N seeds
each, measured on the test rows: the difference of the means, with the interval in which it lies in 95 of 100 cases.
Needs what preprocess made of the dataset.
"""

import argparse
from collections.abc import Sequence
from statistics import fmean, variance

import numpy as np

from stages.core import paths
from stages.core.artefacts.processed import read_processed
from stages.core.params import stage_params
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.stage import told
from stages.train.params import Train

DRAWS = 1_000_000
HEADER = "| dataset | figure | `fit` | engine | ours | difference | 95% |\n|" + " --- |" * 7


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.quality_study")
    parser.add_argument("keys", nargs="+", metavar="KEY", type=paths.check_key)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args(words)
    keras_runtime.start_keras(1)
    print(HEADER)
    for key in given.keys:
        for line in study(key, range(given.seeds)):
            print(line, flush=True)


def study(key: str, seeds: Sequence[int]) -> list[str]:
    from benchmarks.seed_trainings import by_engine, by_fit, figure_of

    params: Train = stage_params(Train, key, "train")
    processed, params = read_processed(paths.processed_data(key)), params.model_copy(update={"refit": False})
    theirs = by_fit(processed, params, seeds)
    lines = []
    for engine in ("plain", "fused"):
        ours = by_engine(processed, params.model_copy(update={"engine": engine}), seeds)
        low, high = interval(ours, theirs)
        means = f"{fmean(theirs):.5g} | {engine} | {fmean(ours):.5g} | {fmean(ours) - fmean(theirs):+.2g}"
        lines.append(f"| `{key}` | {figure_of(processed)} | {means} | {low:+.2g} to {high:+.2g} |")
    return lines


def interval(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """Of the difference of two means, by Student's t with the fewer degrees of freedom: rather too wide."""
    spread = (variance(ours) / len(ours) + variance(theirs) / len(theirs)) ** 0.5
    degrees = min(len(ours), len(theirs)) - 1
    reach = float(np.quantile(np.random.default_rng(0).standard_t(degrees, DRAWS), 0.975)) * spread
    difference = fmean(ours) - fmean(theirs)
    return difference - reach, difference + reach


if __name__ == "__main__":
    with told(False, "bench.quality"):
        main()
