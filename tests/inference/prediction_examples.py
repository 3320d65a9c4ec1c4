"""Raw data of every kind with the parameters of its stages, and a model that was built for them and not trained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import pandas as pd

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.parameters.validation_errors import type_adapter
from stages.evaluate.params import Evaluate
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.train.model.build_model import build_model
from stages.train.params import Train
from tests.core.artefacts.example_pictures import table_with_pictures

MLP = {"kind": "mlp", "units": [5]}
GRU = {"kind": "gru", "cells": [4]}
RANDOM = np.random.default_rng(5)
ROWS = 90


@dataclass(frozen=True)
class Example:
    """`train` and `evaluate` have what differs from a value of a linear output."""

    raw: Callable[[], RawData]
    preprocess: Mapping[str, Any]
    train: Mapping[str, Any] = field(default_factory=dict)
    evaluate: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Predicted:
    """What a session after train has: the raw data, the processed data and the model."""

    raw: RawData
    data: ProcessedData
    model: keras.Model
    train: Train
    evaluate: Evaluate


def predicted_example(example: Example) -> Predicted:
    raw = example.raw()
    params: Preprocess = type_adapter(Preprocess).validate_python(example.preprocess)
    data = preprocess(raw, params)
    defaults = {
        "model": MLP,
        "output": "linear",
        "loss": "mean_squared_error",
        "optimizer": {"kind": "sgd"},
        "epochs": 1,
        "batch": 4,
    }
    train: Train = type_adapter(Train).validate_python(defaults | dict(example.train))
    keras.utils.set_random_seed(1)
    evaluate = Evaluate.model_validate({"headline": "mae"} | dict(example.evaluate))
    return Predicted(raw, data, build_model(train, data.fitted), train, evaluate)


def table_of_every_kind() -> Table:
    """Each kind of column with gaps, and with categories that only test rows have."""
    rows = np.arange(ROWS)
    pictures = table_with_pictures(ROWS, gaps=[3, 70])
    words = np.array(["old house", "a new garden with trees", "garden", "garage and house", "Unknown!"])
    frame = pd.DataFrame(
        {
            "size": np.where(rows % 5, rows * 1.5, np.nan),
            "weight": rows / 7.0 - 3,
            "score": [None if n % 9 == 4 else str(n / 4) for n in rows],
            "count": np.where(rows % 11, rows, -999),
            "colour": [None if n % 8 == 7 else ("red", "green", "blue", "pink")[n % 4 if n < 70 else 3] for n in rows],
            "city": [f"city {n % 6 if n < 80 else n}" for n in rows],
            "owner": [f"owner {n % 3}" for n in rows],
            "new": [None if n % 10 == 3 else ("yes", "No", "T", "f")[n % 4] for n in rows],
            "open": rows % 3 == 0,
            "built": [None if n % 12 == 5 else f"{1 + n % 28:02}.{1 + n % 12:02}.{2000 + n % 20}" for n in rows],
            "sold": np.datetime64("2020-01-31", "us") + rows * np.timedelta64(37, "h"),
            "notes": words[rows % 5],
            "title": [None if n % 13 == 2 else words[n % 3] for n in rows],
            "remark": words[(rows * 3) % 5],
            "photo": pictures.frames["all"]["photo"],
            "price": rows * 3.0 + RANDOM.normal(size=ROWS),
            "area": rows / 2.0,
            "kind": np.array(["flat", "house"])[(rows // 2) % 2],
        }
    )
    return Table({"all": frame}, pictures=pictures.pictures, private=["owner"])


EVERY_KIND = {
    "inputs": [
        *("size", "weight", "score", "count", "colour", "city", "owner", "new", "open", "built", "sold"),
        *("notes", "title", "remark", "photo"),
    ],
    "targets": {"value": ["price", "area"], "kind": "kind"},
    "labels": {"kind": "integer"},
    "columns": {
        "size": {"kind": "number", "missing": "median", "missing_indicator": True},
        "score": {"kind": "number", "missing": "mean"},
        "count": {"kind": "number", "missing": {"constant": 0}, "missing_values": [-999]},
        "colour": {"kind": "category", "missing": "category", "minimum_count": 2},
        "city": {"kind": "category", "encoding": "embedding"},
        "owner": {"kind": "category"},
        "new": {"kind": "boolean", "missing": "most_frequent", "missing_indicator": True},
        "built": {"kind": "date", "missing": "median", "format": "%d.%m.%Y", "parts": ["year", "month", "weekday"]},
        "sold": {"kind": "date", "parts": ["hour"], "cyclic": False},
        "notes": {"kind": "text", "form": "tf_idf"},
        "title": {"kind": "text", "form": "ids", "length": 4, "missing": "empty"},
        "remark": {"kind": "text", "form": "multi_hot"},
        "photo": {"kind": "picture", "missing": "blank"},
    },
    "steps": [{"step": "standard"}],
    "target_steps": [{"step": "minmax"}],
    "split": {"test": 30, "validation": 15, "order": "chronological"},
}
TWO_TARGETS = {
    "output": {"value": "linear", "kind": "sigmoid"},
    "loss": {"value": "huber", "kind": "binary_crossentropy"},
}


def numbers_and_classes() -> Table:
    numbers = {name: RANDOM.normal(3, 2, ROWS) for name in "abcd"}
    return Table({"all": pd.DataFrame({**numbers, "kind": np.array(["x", "y", "z"])[np.arange(ROWS) % 3]})})


def positive_numbers() -> Table:
    return Table({"all": pd.DataFrame({name: RANDOM.uniform(1, 9, ROWS) for name in ("a", "b", "y")})})


def pictures_of_digits() -> Images:
    pictures = RANDOM.integers(0, 256, (ROWS, 6, 6)).astype(np.uint8)
    return Images({"all": pictures}, {"all": np.arange(ROWS) % 3}, ["0", "1", "2"])


def texts_of_word_numbers() -> Tokens:
    lengths = RANDOM.integers(1, 9, ROWS)
    ids = RANDOM.integers(1, 40, lengths.sum()).astype(np.uint16)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Tokens({"all": ids}, {"all": offsets}, {"all": np.arange(ROWS) % 2}, ["grain", "oil"])


def walk(rows: int = 160) -> np.ndarray:
    return np.exp(RANDOM.normal(scale=0.05, size=rows).cumsum() + 3)


def series(rows: int = 160) -> Table:
    """A series with gaps, categories and a class."""
    numbers = np.arange(rows)
    frame = pd.DataFrame(
        {
            "day": np.datetime64("2020-01-01", "us") + numbers * np.timedelta64(1, "D"),
            "price": walk(rows),
            "volume": walk(rows),
            "heat": np.where(numbers % 7 == 3, np.nan, walk(rows)),
            "port": [None if n % 6 == 5 else f"port {n % 4}" for n in numbers],
            "wind": np.array(["north", "south"])[(numbers // 3) % 2],
            "rises": np.array(["no", "yes"])[(numbers // 5) % 2],
        }
    )
    return Table({"all": frame}, kind="series", time="day")


def series_of_files() -> Table:
    sizes = {"train": 80, "validation": 40, "test": 40}
    return Table({name: pd.DataFrame({"price": walk(n)}) for name, n in sizes.items()}, kind="series")


IN_ORDER = {"test": 40, "validation": 40, "order": "chronological"}
LOG, DIFFERENCE, RELATIVE = {"step": "log"}, {"step": "difference"}, {"step": "relative_to_last"}
STANDARD = {"step": "standard"}
FORWARD = {
    "heat": {"kind": "number", "missing": "forward", "missing_indicator": True},
    "port": {"kind": "category", "missing": "forward", "encoding": "embedding"},
    "wind": {"kind": "category"},
}
QUANTILES = {"loss": "pinball", "quantiles": [0.1, 0.5, 0.9]}

EXAMPLES = {
    "columns of every kind": Example(
        table_of_every_kind,
        EVERY_KIND,
        TWO_TARGETS,
        {"threshold": "best_f1", "positive_class": "flat", "headline": "kind.f1"},
    ),
    "three classes": Example(
        numbers_and_classes,
        {"targets": "kind", "labels": "one_hot", "split": {"test": 30}, "steps": [{"step": "l2"}]},
        {"output": "softmax", "loss": "categorical_crossentropy"},
        {"headline": "accuracy"},
    ),
    "several inputs by name": Example(
        numbers_and_classes,
        {
            "inputs": {"first": ["b", "a"], "second": ["d"]},
            "targets": "c",
            "split": {"test": 0.3, "validation": 0.3},
            "steps": [{"step": "robust"}],
            "target_steps": [STANDARD],
        },
        {"model": {"kind": "branches", "inputs": {"first": MLP, "second": {"kind": "linear"}}}},
    ),
    "a logarithm of numbers": Example(
        positive_numbers,
        {"targets": "y", "split": {"test": 30}, "steps": [LOG, STANDARD], "target_steps": [LOG, {"step": "minmax"}]},
    ),
    "quantiles of a table": Example(positive_numbers, {"targets": "y", "split": {"test": 30}}, QUANTILES),
    "pictures": Example(
        pictures_of_digits,
        {"labels": "integer", "split": {"test": 30}, "steps": [{"step": "divide", "by": 255}, STANDARD]},
        {
            "model": {"kind": "cnn", "filters": [3]},
            "output": "softmax",
            "loss": "sparse_categorical_crossentropy",
        },
        {"headline": "accuracy"},
    ),
    "texts of word numbers": Example(
        texts_of_word_numbers,
        {"labels": "integer", "split": {"test": 30}, "words": {"vocabulary_size": 30, "unknown_id": 0}},
        {"output": "sigmoid", "loss": "binary_crossentropy"},
        {"headline": "accuracy", "threshold": 0.4},
    ),
    "one step ahead": Example(
        series,
        {"inputs": ["price"], "targets": {"y": "price"}, "split": IN_ORDER, "window": {"length": 6}},
        {"model": {"kind": "nlinear"}},
    ),
    "all steps ahead of two columns, with everything": Example(
        series,
        {
            "inputs": ["price", "volume", "heat", "port", "wind"],
            "columns": FORWARD,
            "targets": {"y": ["price", "volume"], "z": "volume"},
            "split": IN_ORDER,
            "window": {"length": 8, "horizon": 3, "steps": "all", "stride": 2},
            "steps": [
                {"step": "log", "columns": ["price"]},
                {"step": "lags", "rows": [1, 4], "columns": ["price"]},
                {"step": "rolling", "rows": 5, "columns": ["volume"]},
                {"step": "normalize_window"},
                STANDARD,
            ],
            "target_steps": [LOG, RELATIVE, STANDARD],
        },
        {"model": {"kind": "mlp", "units": [4]}} | QUANTILES,
    ),
    "differences of a logarithm": Example(
        series,
        {
            "inputs": ["price", "volume"],
            "targets": {"y": ["price", "volume"]},
            "split": IN_ORDER,
            "window": {"length": 4, "horizon": 2, "steps": "all"},
            "steps": [LOG, DIFFERENCE, STANDARD],
            "target_steps": [LOG, DIFFERENCE, STANDARD],
        },
        {"model": GRU},
    ),
    "windows of one row": Example(
        series,
        {
            "inputs": ["volume", "price"],
            "targets": {"y": "price"},
            "split": IN_ORDER,
            "window": {"length": 1, "horizon": 3},
            "steps": [{"step": "rolling", "rows": 6, "statistics": ["mean", "std", "min", "max"]}],
            "target_steps": [RELATIVE],
        },
    ),
    "a class of a later row": Example(
        series,
        {
            "inputs": ["price", "volume", "wind"],
            "targets": "rises",
            "labels": "integer",
            "split": IN_ORDER,
            "window": {"length": 5, "horizon": 2},
            "steps": [STANDARD, {"step": "normalize_window"}],
        },
        {"model": {"kind": "linear"}, "output": "sigmoid", "loss": "binary_crossentropy"},
        {"headline": "accuracy", "threshold": "best_balanced_accuracy"},
    ),
    "series of files": Example(
        series_of_files,
        {
            "targets": {"y": "price"},
            "split": {"test": "given", "validation": "given", "order": "chronological"},
            "window": {"length": 7, "horizon": 2, "steps": "all"},
            "target_steps": [RELATIVE],
        },
        {"model": {"kind": "dlinear", "average": 3}},
    ),
}
