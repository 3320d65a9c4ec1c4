"""Each case as its tutorial has it, in our words: NumPy arrays, a plain Keras model and `fit`.

Only the progress line is left out, since it would cost the tutorial time. Keras is loaded here; scikit-learn where a
tutorial has its scalers, as our preprocess does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from benchmarks import synthetic_data as made
from benchmarks.cases import Case
from benchmarks.side_work import AfterEpochs, Work, again_and_again
from benchmarks.tutorial_windows import copied

Array = NDArray[Any]

FOR_EVER = 10**9


@dataclass(frozen=True)
class Lesson:
    """What a tutorial's script holds when it comes to `fit`; `also` are arrays that only lie there."""

    model: keras.Model
    x: Array
    y: Array
    held_out: tuple[Array, Array] | None = None
    also: tuple[Array, ...] = ()


def work(name: str, case: Case) -> Work:
    lesson = lesson_of(name, case)
    arrays = (lesson.x, lesson.y, *(lesson.held_out or ()), *lesson.also)
    go = _fitting(lesson, case.batch) if case.trains else _predicting(lesson)
    return Work(go, sum(a.nbytes for a in arrays), int(lesson.model.count_params()))


def lesson_of(name: str, case: Case) -> Lesson:
    return LESSONS[name](case) if name in LESSONS else _windows(name, case)


def _fitting(lesson: Lesson, batch: int) -> Callable[[AfterEpochs], None]:
    def go(after: AfterEpochs) -> None:
        def end(_epoch: int, _logs: object) -> None:
            lesson.model.stop_training = not after(1)

        lesson.model.fit(
            lesson.x,
            lesson.y,
            batch_size=batch,
            epochs=FOR_EVER,
            validation_data=lesson.held_out,
            verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=end)],
        )

    return go


def _predicting(lesson: Lesson) -> Callable[[AfterEpochs], None]:
    return again_and_again(lambda: lesson.model.predict(lesson.x, verbose=0))


def _mnist_mlp(case: Case) -> Lesson:
    x, y = made.pictures(case.rows)
    x = keras.utils.normalize(x, axis=1)
    model = keras.Sequential(
        [
            layers.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return Lesson(model, x, y)


def _mnist_dense(case: Case) -> Lesson:
    x, y = made.pictures(case.rows)
    x = x.reshape(-1, 784).astype("float32")
    x = x / np.max(x)
    model = _dense([784, 512, 512, 10])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return Lesson(model, x, keras.utils.to_categorical(y))


def _fashion(case: Case) -> Lesson:
    x, y = made.pictures(case.validating + case.rows)
    x = x / 255.0
    y = keras.utils.to_categorical(y)
    model = keras.Sequential(
        [
            layers.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(1024, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return _validated(model, x, y, case)


def _reuters(case: Case) -> Lesson:
    """Every text a row of 10,000 float64, the test rows too."""
    train, topics = _texts(case.validating + case.rows)
    test, _ = _texts(made.tested(case.validating + case.rows))
    x, x_test = _vectorized(train), _vectorized(test)
    model = _dense([made.WORDS, 64, 64, made.TOPICS])
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    lesson = _validated(model, x, _one_hot(topics), case)
    return Lesson(lesson.model, lesson.x, lesson.y, lesson.held_out, (x_test,))


def _texts(rows: int) -> tuple[list[list[int]], Array]:
    """As Keras loads them: a list a text, rarer words as the number 2."""
    ids, offsets, topics = made.newswires(rows)
    ids = np.where(ids < made.WORDS, ids, 2)
    return [ids[a:b].tolist() for a, b in pairwise(offsets)], topics


def _vectorized(texts: Sequence[Sequence[int]]) -> Array:
    rows = np.zeros((len(texts), made.WORDS))
    for i, text in enumerate(texts):
        rows[i, text] = 1.0
    return rows


def _one_hot(topics: Array) -> Array:
    rows = np.zeros((len(topics), made.TOPICS))
    for i, topic in enumerate(topics):
        rows[i, topic] = 1.0
    return rows


def _iris(case: Case) -> Lesson:
    from sklearn.preprocessing import StandardScaler

    x, species = made.flowers(case.validating + case.rows)
    scaler = StandardScaler().fit(x[case.validating :])
    model = _dense([4, 512, 256, 128, 64, 32, 3])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return _validated(model, scaler.transform(x), keras.utils.to_categorical(species), case)


def _line(_case: Case) -> Lesson:
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    return Lesson(model, np.array(made.POINTS_X)[:, None], np.array(made.POINTS_Y)[:, None])


def _windows(kind: str, case: Case) -> Lesson:
    """Every window a copy."""
    from sklearn.preprocessing import MinMaxScaler

    x, following = copied(MinMaxScaler().fit_transform(made.prices(case.rows + made.STEPS)), made.STEPS)
    looking = layers.Input((made.STEPS, len(made.PRICES)))
    model = keras.Model(looking, layers.Dense(1)(_looked_at(kind, looking)))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return Lesson(model, x, following[:, made.CLOSE : made.CLOSE + 1])


def _looked_at(kind: str, x: Any) -> Any:
    if kind != "transformer":
        return {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[kind](32)(x)
    x = layers.EinsumDense("bsd,de->bse", (made.STEPS, 32), bias_axes="se")(x)
    seen = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(2, 16)(seen, seen)
    wide = layers.Dense(64, activation="relu")(layers.LayerNormalization()(x))
    return layers.GlobalAveragePooling1D()(x + layers.Dense(32)(wide))


def _cnn(case: Case) -> Lesson:
    x, y = made.pictures(case.rows)
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
    return Lesson(model, x, keras.utils.to_categorical(y))


def _dense(widths: Sequence[int]) -> keras.Model:
    hidden = [layers.Dense(width, activation="relu") for width in widths[1:-1]]
    return keras.Sequential([layers.Input((widths[0],)), *hidden, layers.Dense(widths[-1], activation="softmax")])


def _validated(model: keras.Model, x: Array, y: Array, case: Case) -> Lesson:
    """The first rows validate."""
    first = case.validating
    return Lesson(model, x[first:], y[first:], (x[:first], y[:first]))


LESSONS: dict[str, Callable[[Case], Lesson]] = {
    "mnist_mlp": _mnist_mlp,
    "mnist_dense": _mnist_dense,
    "fashion": _fashion,
    "reuters": _reuters,
    "iris": _iris,
    "line": _line,
    "cnn": _cnn,
    "predict": _mnist_mlp,
}
