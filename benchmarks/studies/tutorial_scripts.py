"""python -m benchmarks.studies.tutorial_scripts DATASET

The starter suite as scripts of tutorials, in our wording: load, split, scale, `fit`, `evaluate`, print. Each script has
the model and at most the epochs of the dataset of the same name. Importing this module loads Keras.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers
from matplotlib import cbook
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from benchmarks.sides.synthetic_data import POINTS_X, POINTS_Y
from benchmarks.sides.tutorial_windows import Array, copy_windows


def main(name: str) -> None:
    print(SCRIPTS[name]())


def _table(
    load: Callable[..., Any], units: Sequence[int], epochs: int, batch: int, patience: int | None
) -> list[float]:
    x, y = load(return_X_y=True)
    classes = len(np.unique(y))
    x, x_test, y, y_test = train_test_split(x, keras.utils.to_categorical(y), test_size=0.2, random_state=0)
    scaler = StandardScaler().fit(x)
    hidden = [layers.Dense(width, activation="relu") for width in units]
    model = keras.Sequential([layers.Input((x.shape[1],)), *hidden, layers.Dense(classes, activation="softmax")])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return _fit_and_evaluate(model, scaler.transform(x), y, scaler.transform(x_test), y_test, epochs, batch, patience)


def _diabetes() -> list[float]:
    x, y = datasets.load_diabetes(return_X_y=True, scaled=False)
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, random_state=0)
    scaler = StandardScaler().fit(x)
    hidden = [layers.Dense(width, activation="relu") for width in (32, 16)]
    model = keras.Sequential([layers.Input((10,)), *hidden, layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return _fit_and_evaluate(model, scaler.transform(x), y, scaler.transform(x_test), y_test, 100, 16, 15)


def _digits() -> list[float]:
    images = datasets.load_digits()
    x, y = images.images[..., None] / 16, keras.utils.to_categorical(images.target)
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, random_state=0)
    model = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return _fit_and_evaluate(model, x, y, x_test, y_test, 30, 32, 6)


def _points() -> tuple[Array, Array]:
    return np.array(POINTS_X)[:, None], np.array(POINTS_Y)[:, None]


def _line(x: Array, y: Array, epochs: int, optimizer: keras.optimizers.Optimizer) -> list[float]:
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(x, y, epochs=epochs, verbose=0)
    return [float(v) for v in model.predict(np.array([[10.0]]), verbose=0).ravel()]


def _windows(series: Array, target: int, length: int, epochs: int, batch: int, patience: int | None) -> list[float]:
    rows = MinMaxScaler().fit_transform(series)
    x, y = copy_windows(rows, length)
    y, train = y[:, target], len(x) - len(x) // 5
    model = keras.Sequential([layers.Input(x.shape[1:]), layers.LSTM(32), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
    return _fit_and_evaluate(model, x[:train], y[:train], x[train:], y[train:], epochs, batch, patience)


def _google_stock() -> list[float]:
    sample: Any = cbook.get_sample_data("goog.npz")
    prices = sample["price_data"]
    columns = ["open", "high", "low", "close", "volume"]
    return _windows(np.stack([prices[c] for c in columns], axis=1).astype(float), 3, 20, 150, 32, 30)


def _fit_and_evaluate(
    model: keras.Model, x: Array, y: Array, x_test: Array, y_test: Array, epochs: int, batch: int, patience: int | None
) -> list[float]:
    stopping = [keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)] if patience else []
    model.fit(x, y, batch_size=batch, epochs=epochs, validation_split=0.2, callbacks=stopping, verbose=0)
    return [float(v) for v in np.ravel(model.evaluate(x_test, y_test, verbose=0))]


SCRIPTS: dict[str, Callable[[], list[float]]] = {
    "iris": lambda: _table(datasets.load_iris, [512, 256, 128, 64, 32], 20, 10, None),
    "breast_cancer": lambda: _table(datasets.load_breast_cancer, [32, 16], 50, 32, 10),
    "wine": lambda: _table(datasets.load_wine, [32, 16], 60, 16, 10),
    "diabetes": _diabetes,
    "digits": _digits,
    "line": lambda: _line(*_points(), 500, keras.optimizers.SGD(0.01)),
    "line_rmsprop": lambda: _line(*_points(), 10_000, keras.optimizers.RMSprop()),
    "line_exact": lambda: _line(
        np.arange(-1.0, 5.0)[:, None], np.arange(5.0, 11.0)[:, None], 1200, keras.optimizers.SGD(0.01)
    ),
    "sequence": lambda: _windows(np.arange(1.0, 101.0)[:, None], 0, 4, 600, 8, None),
    "google_stock": _google_stock,
}

if __name__ == "__main__":
    main(sys.argv[1])
