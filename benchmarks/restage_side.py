"""Each case by the code of our stages: preprocessed, written, read back, built and trained. Keras is loaded here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks import synthetic_data as made
from benchmarks.cases import Case
from benchmarks.side_work import AfterEpochs, Work, again_and_again
from stages.core.artefacts.processed import TEST, TRAIN, ProcessedData, read_processed, write_processed
from stages.core.artefacts.raw import ALL, Images, RawData, Table, Tokens
from stages.core.validation_errors import type_adapter
from stages.inference.predictions import model_outputs
from stages.preprocess.params import Preprocess
from stages.preprocess.pipeline import preprocess
from stages.train.loop.choose_engine import choose_engine
from stages.train.loop.compiled_epochs import CompiledEpochs
from stages.train.loop.early_stopping import EarlyStoppingState
from stages.train.model.build_model import build_model
from stages.train.model.losses import losses_by_target
from stages.train.params import Train

DIGITS = [str(digit) for digit in range(10)]
SPECIES = ["setosa", "versicolor", "virginica"]
ADAM = {"optimizer": {"kind": "adam"}}
CLASSES = ADAM | {"output": "softmax", "loss": "categorical_crossentropy", "metrics": ["accuracy"]}
NUMBERED = CLASSES | {"loss": "sparse_categorical_crossentropy"}
VALUES = ADAM | {"output": "linear", "loss": "mean_squared_error", "metrics": ["mean_absolute_error"]}


@dataclass(frozen=True)
class Recipe:
    """What download would hand on, and what conf/ would say."""

    raw: Callable[[Case], RawData]
    preprocess: Mapping[str, Any]
    train: Mapping[str, Any]


def work(name: str, case: Case, folder: Path) -> Work:
    params, processed = train_params(name, case), prepared(name, case, folder)
    model = build_model(params, processed.fitted, losses_by_target(params, processed.fitted.targets))
    go = _training(model, processed, params) if case.trains else _predicting(model, processed)
    return Work(go, _size(folder), int(model.count_params()))


def prepared(name: str, case: Case, folder: Path) -> ProcessedData:
    """Through the disk, as from one stage to the next."""
    recipe = RECIPES[name]
    split = {"validation": case.validating, "order": "first"} | recipe.preprocess.get("split", {})
    params = type_adapter(Preprocess).validate_python({**recipe.preprocess, "split": split})
    write_processed(preprocess(recipe.raw(case), params), folder / name)
    return read_processed(folder / name)


def train_params(name: str, case: Case) -> Train:
    given = {**RECIPES[name].train, "epochs": case.epochs, "batch": case.batch, "monitor": "loss", "keep": "last"}
    params: Train = type_adapter(Train).validate_python(given)
    return params


def _training(model: keras.Model, processed: ProcessedData, params: Train) -> Callable[[AfterEpochs], None]:
    engine = choose_engine(params, processed.fitted)
    epochs = CompiledEpochs(model, processed, params, engine, EarlyStoppingState(model, params))

    def go(after: AfterEpochs) -> None:
        first, on = 1, True
        while on:
            last = -(-first // params.epochs) * params.epochs
            done = len(epochs.train(params.seed, first, last))
            first, on = first + done, after(done)

    return go


def _predicting(model: keras.Model, processed: ProcessedData) -> Callable[[AfterEpochs], None]:
    return again_and_again(lambda: model_outputs(model, processed, TRAIN))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _pictures(case: Case) -> Images:
    images, labels = made.pictures(case.validating + case.rows)
    return Images({ALL: images}, {ALL: labels}, DIGITS)


def _newswires(case: Case) -> Tokens:
    training = case.validating + case.rows
    rows = {TRAIN: training, TEST: made.tested(training)}
    parts = {split: made.newswires(number) for split, number in rows.items()}
    ids, offsets, labels = ({split: part[n] for split, part in parts.items()} for n in range(3))
    return Tokens(ids, offsets, labels, [f"topic {n}" for n in range(made.TOPICS)])


def _flowers(case: Case) -> Table:
    measures, species = made.flowers(case.validating + case.rows)
    columns = {name: measures[:, n] for n, name in enumerate(("sepal_length", "sepal_width", "petal_length", "width"))}
    return _table(columns | {"species": np.array(SPECIES)[species]}, classes={"species": SPECIES})


def _points(_case: Case) -> Table:
    return _table({"x": made.POINTS_X, "y": made.POINTS_Y})


def _prices(case: Case) -> Table:
    prices = made.prices(case.rows + made.STEPS)
    return _table({name: prices[:, n] for n, name in enumerate(made.PRICES)}, kind="series")


def _table(columns: Mapping[str, Any], **about: Any) -> Table:
    """pandas is loaded for tables alone, as in preprocess."""
    import pandas as pd

    return Table({ALL: pd.DataFrame(columns)}, **about)


def _windows(model: Mapping[str, Any]) -> Recipe:
    scaled = {"steps": [{"step": "minmax"}], "target_steps": [{"step": "minmax"}]}
    looked_at = {"inputs": made.PRICES, "targets": "close", "window": {"length": made.STEPS}}
    return Recipe(_prices, scaled | looked_at, VALUES | {"model": model})


def _dense(*units: int) -> dict[str, Any]:
    return {"model": {"kind": "mlp", "units": list(units)}}


_BYTES = {"labels": "one_hot", "steps": [{"step": "divide", "by": 255}]}
_UNIT_ROWS = Recipe(_pictures, {"labels": "integer", "steps": [{"step": "l2", "axis": 1}]}, NUMBERED | _dense(128, 128))

RECIPES: dict[str, Recipe] = {
    "mnist_mlp": _UNIT_ROWS,
    "mnist_dense": Recipe(_pictures, {"labels": "one_hot", "steps": [{"step": "maximum"}]}, CLASSES | _dense(512, 512)),
    "fashion": Recipe(_pictures, _BYTES, CLASSES | _dense(1024, 512, 256, 128, 64)),
    "reuters": Recipe(
        _newswires,
        {"labels": "one_hot", "words": {"most": made.WORDS, "rare": 2}, "split": {"test": "given"}},
        CLASSES | _dense(64, 64) | {"optimizer": {"kind": "rmsprop"}},
    ),
    "iris": Recipe(
        _flowers,
        {"targets": "species", "labels": "one_hot", "steps": [{"step": "standard"}]},
        CLASSES | _dense(512, 256, 128, 64, 32),
    ),
    "line": Recipe(
        _points,
        {"targets": "y"},
        VALUES | {"model": {"kind": "linear"}, "optimizer": {"kind": "sgd", "learning_rate": 0.01}, "metrics": []},
    ),
    "simple_rnn": _windows({"kind": "simple_rnn", "cells": [32]}),
    "lstm": _windows({"kind": "lstm", "cells": [32]}),
    "gru": _windows({"kind": "gru", "cells": [32]}),
    "transformer": _windows({"kind": "transformer"}),
    "cnn": Recipe(
        _pictures,
        _BYTES,
        CLASSES | {"model": {"kind": "cnn", "filters": [32, 64], "padding": "valid", "units": [64]}},
    ),
    "predict": _UNIT_ROWS,
}
