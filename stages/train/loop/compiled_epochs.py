"""Several epochs as one compiled call, without Python code between two batches or two short epochs.

The order of the samples and the state of every random layer are computed from (seed, epoch). So an epoch depends on
the weights and the optimizer's variables that it starts from, and on nothing else that happened before.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData
from stages.train.class_weights import class_weights, sample_weights
from stages.train.loop.batches import GetBatch, batch_getter
from stages.train.loop.early_stopping import EarlyStoppingState
from stages.train.loop.plateau import PlateauState
from stages.train.loop.sample_order import sample_order
from stages.train.model.fast_classes import use_fast_classes
from stages.train.params import Engine, Train

Metrics = dict[str, float]
Pass = Callable[[Any], None]
Step = Callable[[Any], Any]
# Takes the number of samples that a long pass has used, and that of all samples of the pass.
ShowSamples = Callable[[int, int], None]
# One call trains about this many samples: enough to make the cost of the call small, few enough to show progress.
SAMPLES_PER_CALL = 100_000
VALIDATION_BATCH = 1024


class CompiledEpochs:
    """The epochs of one model on one training split. The first call compiles them."""

    def __init__(
        self,
        model: keras.Model,
        processed: ProcessedData,
        params: Train,
        engine: Engine,
        early_stopping: EarlyStoppingState,
        plateau: PlateauState,
    ) -> None:
        self.model, self.engine, self.early_stopping, self.plateau = model, engine, early_stopping, plateau
        self.samples, self.shuffle = processed.sample_count(TRAIN), params.shuffle
        self.epochs_per_call = max(1, min(params.epochs, SAMPLES_PER_CALL // self.samples))
        self.seed_generators = seed_generators(model)
        weights = sample_weights(processed, TRAIN, class_weights(params, processed))
        get_batch = batch_getter(processed, TRAIN, model, weights)
        self.metrics = create_metrics(model, get_batch(tf.constant([0], tf.int32)))
        # The passes of an epoch by the prefix of their metrics.
        self.passes = {"": _pass(model.train_step, get_batch, self.samples, params.batch)}
        if processed.has_split(VALIDATION):
            count = processed.sample_count(VALIDATION)
            # As in Keras, classes are weighted in training only.
            get_validation_batch = batch_getter(processed, VALIDATION, model, sample_weights(processed, VALIDATION, {}))
            validate = _pass(model.test_step, get_validation_batch, count, VALIDATION_BATCH)
            self.passes["val_"] = lambda _order: validate(tf.range(count))
        self.columns = [prefix + metric for prefix in self.passes for metric in self.metrics]
        self.compiled = tf.function(self._train_epochs, jit_compile=engine == "fused", autograph=False)

    def train(
        self,
        seed: int,
        first: int,
        last: int,
        show_samples: ShowSamples = lambda _done, _of: None,  # noqa: ARG002
    ) -> list[Metrics]:
        """Train from epoch `first` up to `last`, or fewer epochs, and return the metrics of each trained epoch."""
        epochs = range(first, first + self.epochs_per_call)
        orders = np.stack([sample_order(seed, n, self.samples, self.shuffle) for n in epochs])
        states = np.stack([random_states(seed, n, len(self.seed_generators)) for n in epochs])
        count = min(last - first + 1, self.epochs_per_call)
        with use_fast_classes(self.model, self.engine):
            trained, history = self.compiled(*map(tf.constant, (orders, states, first, count)))
        rows = history.numpy()[: int(trained)]
        return [dict(zip(self.columns, map(float, row), strict=True)) for row in rows]

    def _train_epochs(self, orders: Any, states: Any, first: Any, count: Any) -> tuple[Any, Any]:
        """Return how many epochs were trained, and a row of metrics for each."""
        monitored = self.columns.index(self.early_stopping.monitor)

        def should_continue(number: Any, _history: Any) -> Any:
            return (number < count) & self.early_stopping.should_continue()

        def train_epoch(number: Any, history: Any) -> tuple[Any, Any]:
            metrics = self._train_epoch(orders[number], states[number])
            self.early_stopping.update(first + number, metrics[monitored])
            self.plateau.update(metrics[monitored])
            return number + 1, tf.tensor_scatter_nd_update(history, [[number]], [tf.stack(metrics)])

        start = (tf.constant(0), tf.zeros((self.epochs_per_call, len(self.columns))))
        trained, history = tf.while_loop(should_continue, train_epoch, start, parallel_iterations=1)
        return trained, history

    def _train_epoch(self, order: Any, states: Any) -> list[Any]:
        for number, generator in enumerate(self.seed_generators):
            generator.state.assign(states[number])
        metrics = []
        for run_pass in self.passes.values():
            self.model.reset_metrics()
            run_pass(order)
            metrics += metric_values(self.model, self.metrics)
        return metrics


def create_metrics(model: keras.Model, batch: Any) -> list[str]:
    """Return the names of the metrics. Their variables are created at first use, before the epochs are compiled."""
    model.test_step(batch)
    return list(model.get_metrics_result())


def metric_values(model: keras.Model, names: Sequence[str]) -> list[Any]:
    results = model.get_metrics_result()
    # A metric of the user's own may return a variable, or an integer.
    return [tf.cast(keras.ops.convert_to_tensor(results[name]), tf.float32) for name in names]


def random_states(seed: int, epoch: int, generators: int) -> NDArray[np.uint32]:
    """Return the state of each seed generator at the start of an epoch, a row each."""
    rows = [np.random.default_rng([seed, epoch, n]).integers(0, 2**31, size=2) for n in range(generators)]
    return np.array(rows, np.uint32).reshape(generators, 2)


def seed_generators(model: keras.Model) -> list[Any]:
    """Return the generators of all random layers, such as dropout and augmentation."""
    return [g for layer in model._flatten_layers() for g in getattr(layer, "_seed_generators", None) or ()]


def _pass(step: Step, get_batch: GetBatch, samples: int, batch: int) -> Pass:
    """Return a function that takes an order of all samples and runs the step on every batch.

    The last batch may be smaller.
    """
    full_batches = samples // batch

    def run_pass(order: Any) -> None:
        if full_batches:
            batches = tf.reshape(order[: full_batches * batch], (full_batches, batch))

            def run_step(number: Any) -> tuple[Any]:
                step(get_batch(batches[number]))
                return (number + 1,)

            tf.while_loop(lambda number: number < full_batches, run_step, (tf.constant(0),), parallel_iterations=1)
        if samples % batch:
            step(get_batch(order[full_batches * batch :]))

    return run_pass
