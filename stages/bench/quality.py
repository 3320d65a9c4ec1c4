"""python3 -m stages.bench.quality KEY... [--seeds N]

Is a model as good from our engines as from Keras' own `fit`? The same data, model, optimizer and epochs, from N seeds
each, measured on the test rows: the difference of the means, with the interval in which it lies in 95 of 100 cases.
Needs what preprocess made of the dataset. Keras is loaded here.
"""

import argparse
from collections.abc import Callable, Sequence
from statistics import fmean, variance

import keras
import numpy as np

from stages.core import keras_runtime, paths
from stages.core.params import stage_params
from stages.core.processed import TEST, TRAIN, VALIDATION, Processed, read_processed
from stages.core.stage import told
from stages.evaluate.predicting import answers
from stages.train.agreement import losses
from stages.train.building import build
from stages.train.loop import Training
from stages.train.params import Train

Side = Callable[[Processed, Train, Sequence[int]], list[float]]
DRAWS = 1_000_000
HEADER = "| dataset | figure | `fit` | engine | ours | difference | 95% |\n|" + " --- |" * 7


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python3 -m stages.bench.quality")
    parser.add_argument("keys", nargs="+", metavar="KEY", type=paths.check_key)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args(words)
    keras_runtime.start(1)
    print(
        "| dataset | figure | `fit` | engine | ours | difference | 95% |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    for key in given.keys:
        for line in study(key, range(given.seeds)):
            print(line, flush=True)


def study(key: str, seeds: Sequence[int]) -> list[str]:
    params: Train = stage_params(Train, key, "train")
    processed, params = read_processed(paths.processed(key)), params.model_copy(update={"refit": False})
    theirs = by_fit(processed, params, seeds)
    lines = []
    for engine in ("plain", "fused"):
        ours = by_engine(processed, params.model_copy(update={"engine": engine}), seeds)
        low, high = interval(ours, theirs)
        means = f"{fmean(theirs):.5g} | {engine} | {fmean(ours):.5g} | {fmean(ours) - fmean(theirs):+.2g}"
        lines.append(f"| `{key}` | {figure_of(processed)} | {means} | {low:+.2g} to {high:+.2g} |")
    return lines


def by_engine(processed: Processed, params: Train, seeds: Sequence[int]) -> list[float]:
    training = Training(processed, params)
    found = []
    for seed in seeds:
        training.run(seed, params.epochs, f"seed {seed}")
        found.append(tested(training.model, processed, params))
    return found


def by_fit(processed: Processed, params: Train, seeds: Sequence[int]) -> list[float]:
    """As a person would: arrays, `fit`, the best epoch's weights."""
    (x,), (y,) = processed.inputs(TRAIN).values(), processed.targets(TRAIN).values()
    found = []
    for seed in seeds:
        model = build(params.model_copy(update={"seed": seed}), processed.fitted)
        model.fit(
            x,
            y,
            batch_size=params.batch,
            epochs=params.epochs,
            shuffle=params.shuffle,
            validation_data=_held_out(processed),
            callbacks=_watchers(params),
            verbose=0,
        )
        found.append(tested(model, processed, params))
    return found


def _held_out(processed: Processed) -> tuple[object, ...] | None:
    if not processed.has(VALIDATION):
        return None
    return *processed.inputs(VALIDATION).values(), *processed.targets(VALIDATION).values()


def _watchers(params: Train) -> list[keras.callbacks.Callback]:
    if params.keep == "last" and params.early_stopping is None:
        return []
    stopping = params.early_stopping
    return [
        keras.callbacks.EarlyStopping(
            params.monitor,
            min_delta=stopping.min_delta if stopping else 0.0,
            patience=stopping.patience if stopping else params.epochs,
            restore_best_weights=params.keep == "best",
            mode="max" if params.monitor.endswith("accuracy") else "min",
        )
    ]


def figure_of(processed: Processed) -> str:
    (target,) = processed.fitted.targets.values()
    return "accuracy" if target.classes else "rmse"


def tested(model: keras.Model, processed: Processed, params: Train) -> float:
    chosen = answers(model, processed, TEST, losses(params, processed.fitted.targets))
    (scores,) = chosen.scores.values()
    return float(scores[figure_of(processed)])


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
