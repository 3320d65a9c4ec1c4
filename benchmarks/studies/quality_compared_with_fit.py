"""python -m benchmarks.studies.quality_compared_with_fit DATASET... [--seeds N]

Compares the quality of models trained by our engines and by Keras' own `fit`: the same data, model, optimizer and
epochs, from N seeds each, evaluated on the test rows. Prints the difference of the means and its 95% confidence
interval. The output of preprocess must be there.
"""

import argparse
from collections.abc import Sequence
from statistics import fmean, variance

from benchmarks.sides.run_side import prepare_our_process
from stages.core import paths
from stages.core.parameters.read_params import stage_params
from stages.core.run_stage.stage import report_user_errors
from stages.core.runtime import keras as keras_runtime
from stages.train.params import Train

CONFIDENCE = 0.95
HEADER = "| dataset | metric | `fit` | engine | ours | difference | 95% |\n|" + " --- |" * 7


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies.quality_compared_with_fit")
    parser.add_argument("keys", nargs="+", metavar="DATASET", type=paths.check_key)
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args(argv)
    prepare_our_process()
    keras_runtime.start_keras(1)
    print(HEADER)
    for key in arguments.keys:
        for row in compare_engines(key, range(arguments.seeds)):
            print(row, flush=True)


def compare_engines(key: str, seeds: Sequence[int]) -> list[str]:
    """Return a row of the table for each engine."""
    from benchmarks.studies.seed_trainings import metric_name, train_by_engine, train_by_fit
    from stages.core.artefacts.processed import read_processed

    params: Train = stage_params(Train, key, "train").model_copy(update={"refit": False})
    processed = read_processed(paths.processed_data(key))
    fit = train_by_fit(processed, params, seeds)
    rows = []
    for engine in ("plain", "fused"):
        ours = train_by_engine(processed, params.model_copy(update={"engine": engine}), seeds)
        low, high = confidence_interval(ours, fit)
        means = f"{fmean(fit):.5g} | {engine} | {fmean(ours):.5g} | {fmean(ours) - fmean(fit):+.2g}"
        rows.append(f"| `{key}` | {metric_name(processed)} | {means} | {low:+.2g} to {high:+.2g} |")
    return rows


def confidence_interval(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Return the interval of mean(a) - mean(b) by Student's t.

    The degrees of freedom are those of the smaller sample, so the interval is rather too wide than too narrow.
    """
    from scipy import stats

    error = (variance(a) / len(a) + variance(b) / len(b)) ** 0.5
    degrees = min(len(a), len(b)) - 1
    low, high = stats.t.interval(CONFIDENCE, degrees, loc=fmean(a) - fmean(b), scale=error)
    return float(low), float(high)


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.quality_compared_with_fit", debug=False):
        main()
