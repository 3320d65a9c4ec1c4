"""Files of conf/models for tests, imported as the guard's copies are."""

from collections.abc import Mapping
from pathlib import Path

from stages.core import paths
from stages.core.files.atomic_write import write_text
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT, ModelFiles, import_model_files

KEY = "tiny"
LAYERS = """\
import keras


@keras.saving.register_keras_serializable(package="tests")
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


@keras.saving.register_keras_serializable(package="tests")
def doubled(x):
    return 2 * x
"""
MINE = """\
import keras
import numpy as np
from keras import layers

from .layers import Scale, doubled


def build(inputs, outputs, units=4, dropout=0.0):
    x = layers.Concatenate()([each.tensor for each in inputs.values()]) if len(inputs) > 1 else inputs["x"].tensor
    x = layers.Flatten()(x) if len(x.shape) > 2 else x
    x = layers.Dense(units, activation=doubled)(Scale()(x))
    x = layers.Dropout(dropout)(x) if dropout else x
    heads = {name: layers.Dense(o.units, activation=o.activation, name=name)(x) for name, o in outputs.items()}
    return keras.Model({name: each.tensor for name, each in inputs.items()}, heads)


def absolute_error(y_true, y_pred):
    return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)


def largest_error(y_true, y_pred):
    return keras.ops.max(keras.ops.abs(y_true - y_pred), axis=-1)


class Count(keras.metrics.Metric):
    def __init__(self, name="count"):
        super().__init__(name=name)
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(keras.ops.cast(keras.ops.shape(y_true)[0], "float32"))

    def result(self):
        return self.total
"""
OWN = {"kind": "own", "build": "mine.py:build", "files": ["layers.py"]}
FILES = {"mine.py": MINE, "layers.py": LAYERS}


def write_copies(root: Path, files: Mapping[str, str]) -> Path:
    """As the guard writes them."""
    folder = root / paths.model_file_copies(KEY)
    for name, text in ({PACKAGE_FILE: PACKAGE_TEXT} | dict(files)).items():
        write_text(folder / name, text)
    return folder


def import_files(root: Path, **changed: str) -> ModelFiles:
    """FILES with other texts: `mine` is that of mine.py."""
    return import_model_files(write_copies(root, FILES | {f"{name}.py": text for name, text in changed.items()}))
