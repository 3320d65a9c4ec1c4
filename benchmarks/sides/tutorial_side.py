"""Each case as a tutorial programs it, in our wording: NumPy arrays, a plain Keras model and `fit`.

The progress line is left out, since it would slow the tutorial down. Importing this module loads Keras; scikit-learn
is imported by the cases whose tutorial uses its scalers, as our preprocess does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import keras
import numpy as np
from keras import layers

from benchmarks.cases import Case
from benchmarks.sides import synthetic_data
from benchmarks.sides.prepared_work import AfterEpochs, PreparedWork, repeat_until_stopped
from benchmarks.sides.synthetic_data import VOCABULARY, WINDOW
from benchmarks.sides.tutorial_windows import Array, copy_windows

MANY_EPOCHS = 10**9  # the callback ends the training


@dataclass(frozen=True)
class Tutorial:
    """What the script of a tutorial has in memory when it calls `fit`. `unused` arrays only take memory."""

    model: keras.Model
    x: Array
    y: Array
    validation: tuple[Array, Array] | None = None
    unused: tuple[Array, ...] = ()


def load_prepared_work(name: str, case: Case) -> PreparedWork:
    tutorial = load_tutorial(name, case)
    arrays = (tutorial.x, tutorial.y, *(tutorial.validation or ()), *tutorial.unused)
    if case.trains:
        run = _fit(tutorial, case.batch_size)
    else:
        run = repeat_until_stopped(lambda: tutorial.model.predict(tutorial.x, verbose=0))
    return PreparedWork(run, sum(array.nbytes for array in arrays), int(tutorial.model.count_params()))


def load_tutorial(name: str, case: Case) -> Tutorial:
    return TUTORIALS[name](case) if name in TUTORIALS else _windows(name, case)


def _fit(tutorial: Tutorial, batch_size: int) -> Callable[[AfterEpochs], None]:
    def run(after_epochs: AfterEpochs) -> None:
        def on_epoch_end(_epoch: int, _logs: object) -> None:
            tutorial.model.stop_training = not after_epochs(1)

        tutorial.model.fit(
            tutorial.x,
            tutorial.y,
            batch_size=batch_size,
            epochs=MANY_EPOCHS,
            validation_data=tutorial.validation,
            verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)],
        )

    return run


def _mnist_mlp(case: Case) -> Tutorial:
    x, y = synthetic_data.images(case.rows)
    x = keras.utils.normalize(x, axis=1)
    model = _dense([128, 128, 10], [layers.Input((28, 28)), layers.Flatten()])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return Tutorial(model, x, y)


def _mnist_dense(case: Case) -> Tutorial:
    x, y = synthetic_data.images(case.rows)
    x = x.reshape(-1, 784).astype("float32")
    x = x / np.max(x)
    model = _dense([512, 512, 10], [layers.Input((784,))])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return Tutorial(model, x, keras.utils.to_categorical(y))


def _fashion(case: Case) -> Tutorial:
    x, y = synthetic_data.images(case.validation_rows + case.rows)
    x = x / 255.0
    y = keras.utils.to_categorical(y)
    model = _dense([1024, 512, 256, 128, 64, 10], [layers.Input((28, 28)), layers.Flatten()])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return _with_validation(model, x, y, case)


def _reuters(case: Case) -> Tutorial:
    """Every text is a row of 10,000 float64 values, also the test rows, which `fit` does not need."""
    train, topics = _load_texts(case.validation_rows + case.rows)
    test, _ = _load_texts(synthetic_data.reuters_test_rows(case.validation_rows + case.rows))
    x, x_test = _multi_hot(train), _multi_hot(test)
    model = _dense([64, 64, synthetic_data.TOPICS], [layers.Input((VOCABULARY,))])
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return replace(_with_validation(model, x, np.eye(synthetic_data.TOPICS)[topics], case), unused=(x_test,))


def _load_texts(rows: int) -> tuple[list[list[int]], Array]:
    """As Keras loads them: a list for each text, with 2 for rare words."""
    ids, offsets, topics = synthetic_data.reuters(rows)
    ids = np.where(ids < VOCABULARY, ids, 2)
    return [ids[a:b].tolist() for a, b in pairwise(offsets)], topics


def _multi_hot(texts: Sequence[Sequence[int]]) -> Array:
    rows = np.zeros((len(texts), VOCABULARY))
    for i, text in enumerate(texts):
        rows[i, text] = 1.0
    return rows


def _iris(case: Case) -> Tutorial:
    from sklearn.preprocessing import StandardScaler

    x, species = synthetic_data.flowers(case.validation_rows + case.rows)
    scaler = StandardScaler().fit(x[case.validation_rows :])
    model = _dense([512, 256, 128, 64, 32, 3], [layers.Input((4,))])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return _with_validation(model, scaler.transform(x), keras.utils.to_categorical(species), case)


def _line(_case: Case) -> Tutorial:
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    return Tutorial(model, np.array(synthetic_data.POINTS_X)[:, None], np.array(synthetic_data.POINTS_Y)[:, None])


def _windows(kind: str, case: Case) -> Tutorial:
    """Every window is a copy."""
    from sklearn.preprocessing import MinMaxScaler

    x, next_values = copy_windows(MinMaxScaler().fit_transform(synthetic_data.prices(case.rows + WINDOW)), WINDOW)
    inputs = layers.Input((WINDOW, len(synthetic_data.PRICE_COLUMNS)))
    model = keras.Model(inputs, layers.Dense(1)(_hidden_layers(kind, inputs)))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return Tutorial(model, x, next_values[:, synthetic_data.CLOSE : synthetic_data.CLOSE + 1])


def _hidden_layers(kind: str, x: Any) -> Any:
    if kind == "conv1d":
        x = layers.Conv1D(32, 3, padding="same", activation="relu")(x)
        return layers.Flatten()(layers.MaxPooling1D(2)(x))
    if kind == "nlinear":
        return layers.Flatten()(x - x[:, -1:])
    if kind == "dlinear":
        trend = layers.AveragePooling1D(5, strides=1, padding="same")(x)
        return layers.Flatten()(layers.Concatenate()([trend, x - trend]))
    if kind != "transformer":
        return {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[kind](32)(x)
    x = layers.EinsumDense("bsd,de->bse", (WINDOW, 32), bias_axes="se")(x)
    normalized = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(2, 16)(normalized, normalized)
    wide = layers.Dense(64, activation="relu")(layers.LayerNormalization()(x))
    return layers.GlobalAveragePooling1D()(x + layers.Dense(32)(wide))


def _towns(case: Case) -> Tutorial:
    towns, values = synthetic_data.towns(case.rows)
    names, numbers = np.unique(towns, return_inverse=True)
    # Keras' lookup layers also reserve the first two ids, for gaps and for unknown names.
    inputs = layers.Input((1,))
    x = layers.GlobalAveragePooling1D()(layers.Embedding(len(names) + 2, 32)(inputs))
    model = keras.Model(inputs, layers.Dense(1)(layers.Dense(64, activation="relu")(x)))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return Tutorial(model, numbers[:, None] + 2, values[:, None])


def _cnn(case: Case) -> Tutorial:
    x, y = synthetic_data.images(case.rows)
    x = x.reshape(-1, 28, 28, 1).astype("float32") / 255
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return Tutorial(model, x, keras.utils.to_categorical(y))


def _dense(units: Sequence[int], first_layers: Sequence[Any]) -> keras.Model:
    hidden = [layers.Dense(number, activation="relu") for number in units[:-1]]
    return keras.Sequential([*first_layers, *hidden, layers.Dense(units[-1], activation="softmax")])


def _with_validation(model: keras.Model, x: Array, y: Array, case: Case) -> Tutorial:
    """The first rows are the validation split."""
    first = case.validation_rows
    return Tutorial(model, x[first:], y[first:], (x[:first], y[:first]))


TUTORIALS: dict[str, Callable[[Case], Tutorial]] = {
    "mnist_mlp": _mnist_mlp,
    "mnist_dense": _mnist_dense,
    "fashion": _fashion,
    "reuters": _reuters,
    "iris": _iris,
    "line": _line,
    "cnn": _cnn,
    "embedding": _towns,
    "predict": _mnist_mlp,
}
