"""Some epochs as one compiled call: no Python between two batches, nor between two short epochs.

The order of the samples and the state of every random layer come from (seed, epoch), so an epoch depends on
the weights it starts from and on nothing else that happened before.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData
from stages.train.loop.batch_loops import Pass, in_order, settled, shuffled
from stages.train.loop.batches import feeder
from stages.train.loop.choose_engine import engine_of
from stages.train.loop.early_stopping import Watch
from stages.train.model.fast_layers import stand_ins
from stages.train.params import Train

Figures = dict[str, float]
# Samples that go by in one call: so many that the call costs nothing, so few that one hears of it now and then.
AT_ONCE = 100_000


class Epochs:
    """The epochs of one model over one set of samples, compiled at the first call."""

    def __init__(self, model: keras.Model, processed: ProcessedData, params: Train, watch: Watch) -> None:
        self.samples, self.shuffle = processed.sample_count(TRAIN), params.shuffle
        self.at_once = max(1, min(params.epochs, AT_ONCE // self.samples))
        self.engine = engine_of(params, processed.fitted)
        self.model, self.watch = model, watch
        self.generators = generators_of(model)
        self.names = settled(model, feeder(processed, TRAIN, model))
        self.passes = _passes(model, processed, params.batch)
        self.recorded = [prefix + name for prefix in self.passes for name in self.names]
        self.run = tf.function(self._several, jit_compile=self.engine == "fused", autograph=False)

    def __call__(self, seed: int, first: int, last: int) -> list[Figures]:
        """Trains from epoch `first` on, to `last` at most, and gives the figures of each."""
        numbers = range(first, first + self.at_once)
        orders = np.stack([order_of(seed, n, self.samples, self.shuffle) for n in numbers]).astype(np.int32)
        states = np.stack([states_of(seed, n, len(self.generators)) for n in numbers])
        count = min(last - first + 1, self.at_once)
        with stand_ins(self.model, self.engine):
            done, history = self.run(*map(tf.constant, (orders, states, first, count)))
        rows = history.numpy()[: int(done)]
        return [dict(zip(self.recorded, map(float, row), strict=True)) for row in rows]

    def _several(self, orders: Any, states: Any, first: Any, count: Any) -> tuple[Any, Any]:
        """How many epochs were done, and a row of figures for each."""
        blank = tf.zeros((self.at_once, len(self.recorded)))

        def goes_on(number: Any, _history: Any) -> Any:
            return (number < count) & self.watch.goes_on()

        def one(number: Any, history: Any) -> tuple[Any, Any]:
            figures = self._epoch(orders[number], states[number])
            self.watch.look(first + number, figures[self.recorded.index(self.watch.monitor)])
            return number + 1, tf.tensor_scatter_nd_update(history, [[number]], [tf.stack(figures)])

        done, history = tf.while_loop(goes_on, one, (tf.constant(0), blank), parallel_iterations=1)
        return done, history

    def _epoch(self, order: Any, states: Any) -> list[Any]:
        for place, generator in enumerate(self.generators):
            generator.state.assign(states[place])
        figures = []
        for run in self.passes.values():
            self.model.reset_metrics()
            run(order)
            results = self.model.get_metrics_result()
            figures += [results[name] for name in self.names]
        return figures


def order_of(seed: int, epoch: int, samples: int, shuffle: bool) -> NDArray[np.int64]:
    """A new order for every epoch, the same in every run."""
    if not shuffle:
        return np.arange(samples)
    return np.random.default_rng([seed, epoch]).permutation(samples)


def states_of(seed: int, epoch: int, generators: int) -> NDArray[np.uint32]:
    """Dropout and its like draw from a state of their own; a row for each."""
    drawn = [np.random.default_rng([seed, epoch, n]).integers(0, 2**31, size=2) for n in range(generators)]
    return np.array(drawn, np.uint32).reshape(generators, 2)


def generators_of(model: keras.Model) -> list[Any]:
    return [g for layer in model._flatten_layers() for g in getattr(layer, "_seed_generators", None) or ()]


def _passes(model: keras.Model, processed: ProcessedData, batch: int) -> dict[str, Pass]:
    """What happens in an epoch, by the prefix of its figures: training, then measuring the validation rows."""
    passes = {"": shuffled(model.train_step, feeder(processed, TRAIN, model), processed.sample_count(TRAIN), batch)}
    if processed.has_split(VALIDATION):
        held_out = feeder(processed, VALIDATION, model)
        passes["val_"] = in_order(model.test_step, held_out, processed.sample_count(VALIDATION))
    return passes
