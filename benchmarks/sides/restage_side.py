"""Each case by the code of the stages, from preprocess to training. Importing this module loads Keras."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks.cases import Case
from benchmarks.sides import synthetic_data
from benchmarks.sides.prepared_work import AfterEpochs, PreparedWork, repeat_until_stopped
from benchmarks.sides.synthetic_data import PRICE_COLUMNS, WINDOW
from stages.core.artefacts.processed import TEST, TRAIN, ProcessedData, read_processed, write_processed
from stages.core.artefacts.raw.raw_data import ALL, Images, RawData, Table, Tokens
from stages.core.parameters.validation_errors import type_adapter
from stages.inference.keras_model.keras_outputs import model_outputs
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.train.loop.choose_engine import choose_engine
from stages.train.loop.compiled_epochs import CompiledEpochs
from stages.train.loop.early_stopping import EarlyStoppingState
from stages.train.loop.plateau import PlateauState
from stages.train.model.build_model import build_model
from stages.train.params import Train

DIGITS = [str(digit) for digit in range(10)]
SPECIES = ["setosa", "versicolor", "virginica"]
MEASURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
ADAM = {"optimizer": {"kind": "adam"}}
CLASSES = ADAM | {"output": "softmax", "loss": "categorical_crossentropy", "metrics": ["accuracy"]}
INTEGER_CLASSES = CLASSES | {"loss": "sparse_categorical_crossentropy"}
VALUES = ADAM | {"output": "linear", "loss": "mean_squared_error", "metrics": ["mean_absolute_error"]}


@dataclass(frozen=True)
class DatasetConfig:
    """The output of download, and the parameters that conf/ would have."""

    load_raw: Callable[[Case], RawData]
    preprocess: Mapping[str, Any]
    train: Mapping[str, Any]


def load_prepared_work(name: str, case: Case, folder: Path) -> PreparedWork:
    params, processed = train_params(name, case), preprocess_case(name, case, folder)
    model = build_model(params, processed.fitted)
    if case.trains:
        run = _train(model, processed, params)
    else:
        run = repeat_until_stopped(lambda: model_outputs(model, processed, TRAIN))
    stored_bytes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return PreparedWork(run, stored_bytes, int(model.count_params()))


def preprocess_case(name: str, case: Case, folder: Path) -> ProcessedData:
    """Run preprocess, write its output to the folder, and read it back as train does."""
    config = CONFIGS[name]
    split = {"validation": case.validation_rows, "order": "test_first"} | config.preprocess.get("split", {})
    params: Preprocess = type_adapter(Preprocess).validate_python({**config.preprocess, "split": split})
    write_processed(preprocess(config.load_raw(case), params), folder / name)
    return read_processed(folder / name)


def train_params(name: str, case: Case) -> Train:
    section = {"epochs": case.epochs, "batch": case.batch_size, "monitor": "loss", "keep": "last"}
    params: Train = type_adapter(Train).validate_python({**CONFIGS[name].train, **section})
    return params


def _train(model: keras.Model, processed: ProcessedData, params: Train) -> Callable[[AfterEpochs], None]:
    engine = choose_engine(params, processed.fitted)
    epochs = CompiledEpochs(
        model, processed, params, engine, EarlyStoppingState(model, params), PlateauState(model.optimizer, params)
    )

    def run(after_epochs: AfterEpochs) -> None:
        first, proceed = 1, True
        while proceed:
            # One compiled call ends at the latest where the training of the tutorial would end.
            last = -(-first // params.epochs) * params.epochs
            finished = len(epochs.train(params.seed, first, last))
            first, proceed = first + finished, after_epochs(finished)

    return run


def _images(case: Case) -> Images:
    images, labels = synthetic_data.images(case.validation_rows + case.rows)
    return Images({ALL: images}, {ALL: labels}, DIGITS)


def _reuters(case: Case) -> Tokens:
    training_rows = case.validation_rows + case.rows
    rows = {TRAIN: training_rows, TEST: synthetic_data.reuters_test_rows(training_rows)}
    splits = {split: synthetic_data.reuters(number) for split, number in rows.items()}
    ids, offsets, labels = ({split: arrays[n] for split, arrays in splits.items()} for n in range(3))
    return Tokens(ids, offsets, labels, [f"topic {n}" for n in range(synthetic_data.TOPICS)])


def _flowers(case: Case) -> Table:
    measures, species = synthetic_data.flowers(case.validation_rows + case.rows)
    columns = dict(zip(MEASURES, measures.T, strict=True))
    return _table(columns | {"species": np.array(SPECIES)[species]}, classes={"species": SPECIES})


def _points(_case: Case) -> Table:
    return _table({"x": synthetic_data.POINTS_X, "y": synthetic_data.POINTS_Y})


def _towns(case: Case) -> Table:
    towns, values = synthetic_data.towns(case.rows)
    return _table({"town": towns, "value": values})


def _prices(case: Case) -> Table:
    prices = synthetic_data.prices(case.rows + WINDOW)
    return _table(dict(zip(PRICE_COLUMNS, prices.T, strict=True)), kind="series")


def _table(columns: Mapping[str, Any], **more: Any) -> Table:
    import pandas as pd  # only for tables, as in preprocess

    return Table({ALL: pd.DataFrame(columns)}, **more)


def _window_config(model: Mapping[str, Any]) -> DatasetConfig:
    scaling = {"steps": [{"step": "minmax"}], "target_steps": [{"step": "minmax"}]}
    columns = {"inputs": PRICE_COLUMNS, "targets": "close", "window": {"length": WINDOW}}
    return DatasetConfig(_prices, scaling | columns, VALUES | {"model": model})


def _dense(*units: int) -> dict[str, Any]:
    return {"model": {"kind": "mlp", "units": list(units)}}


_DIVIDED_BY_255 = {"labels": "one_hot", "steps": [{"step": "divide", "by": 255}]}
_UNIT_LENGTH_IMAGES = DatasetConfig(
    _images, {"labels": "integer", "steps": [{"step": "l2", "axis": 1}]}, INTEGER_CLASSES | _dense(128, 128)
)

CONFIGS: dict[str, DatasetConfig] = {
    "mnist_mlp": _UNIT_LENGTH_IMAGES,
    "mnist_dense": DatasetConfig(
        _images, {"labels": "one_hot", "steps": [{"step": "maximum"}]}, CLASSES | _dense(512, 512)
    ),
    "fashion": DatasetConfig(_images, _DIVIDED_BY_255, CLASSES | _dense(1024, 512, 256, 128, 64)),
    "reuters": DatasetConfig(
        _reuters,
        {
            "labels": "one_hot",
            "words": {"vocabulary_size": synthetic_data.VOCABULARY, "unknown_id": 2},
            "split": {"test": "given"},
        },
        CLASSES | _dense(64, 64) | {"optimizer": {"kind": "rmsprop"}},
    ),
    "iris": DatasetConfig(
        _flowers,
        {"targets": "species", "labels": "one_hot", "steps": [{"step": "standard"}]},
        CLASSES | _dense(512, 256, 128, 64, 32),
    ),
    "line": DatasetConfig(
        _points,
        {"targets": "y"},
        VALUES | {"model": {"kind": "linear"}, "optimizer": {"kind": "sgd", "learning_rate": 0.01}, "metrics": []},
    ),
    "simple_rnn": _window_config({"kind": "simple_rnn", "cells": [32]}),
    "lstm": _window_config({"kind": "lstm", "cells": [32]}),
    "gru": _window_config({"kind": "gru", "cells": [32]}),
    "conv1d": _window_config({"kind": "conv1d", "filters": [32]}),
    "transformer": _window_config({"kind": "transformer"}),
    "nlinear": _window_config({"kind": "nlinear"}),
    "dlinear": _window_config({"kind": "dlinear", "average": 5}),
    "cnn": DatasetConfig(
        _images,
        _DIVIDED_BY_255,
        CLASSES | {"model": {"kind": "cnn", "filters": [32, 64], "padding": "valid", "units": [64]}},
    ),
    "embedding": DatasetConfig(
        _towns,
        {"targets": "value", "columns": {"town": {"kind": "category", "encoding": "embedding"}}},
        VALUES | {"model": {"kind": "embedding", "width": 32, "units": [64]}},
    ),
    "predict": _UNIT_LENGTH_IMAGES,
}
