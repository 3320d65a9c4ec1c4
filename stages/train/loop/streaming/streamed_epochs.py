"""Epochs over samples that are read from the files, so that the memory they need does not depend on their number.

The steps are those of CompiledEpochs: with the same order of samples, both give the same bits. One compiled call trains
a chunk of batches; a thread reads the next chunk meanwhile.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData
from stages.train.class_weights import ClassWeights, class_weights
from stages.train.loop.batches import SampleArrays, as_tensors, batch_maker
from stages.train.loop.compiled_epochs import (
    SAMPLES_PER_CALL,
    VALIDATION_BATCH,
    Metrics,
    ShowSamples,
    Step,
    create_metrics,
    metric_values,
    random_states,
    seed_generators,
)
from stages.train.loop.early_stopping import EarlyStoppingState
from stages.train.loop.plateau import PlateauState
from stages.train.loop.streaming.data_size import sample_bytes, shuffle_sizes
from stages.train.loop.streaming.read_samples import read_ahead, read_samples, window_of_read
from stages.train.loop.streaming.sample_windows import sample_windows
from stages.train.model.fast_classes import use_fast_classes
from stages.train.params import Engine, Train

# A chunk has about so many bytes at most; it is at least one batch.
CHUNK_BYTES = 1 << 25


class Chunk(NamedTuple):
    """The rows of some full batches, or of one smaller batch, for which `batches` is 0."""

    arrays: SampleArrays
    samples: int
    batches: int


class StreamedPass:
    """Runs a step on every batch of a split, in the order of the samples that it is given."""

    def __init__(
        self,
        step: Step,
        model: keras.Model,
        processed: ProcessedData,
        split: str,
        batch: int,
        by_class: ClassWeights,
        engine: Engine,
    ) -> None:
        self.samples, self.batch, self.step = processed.sample_count(split), batch, step
        self.sizes = shuffle_sizes(processed, split, batch)
        self.read = partial(read_samples, processed, split, by_class)
        self.make_batch = batch_maker(processed.fitted, model, window_of_read(processed.fitted.window))
        largest = min(SAMPLES_PER_CALL, CHUNK_BYTES // sample_bytes(processed, split), self.samples)
        self.batches_per_chunk = max(1, largest // batch)
        # The arrays of sparse rows have another length in each chunk.
        compiled = partial(tf.function, jit_compile=engine == "fused", autograph=False, reduce_retracing=True)
        self.run_full_batches, self.run_smaller_batch = compiled(self._full_batches), compiled(self._smaller_batch)

    def run(self, seed: int, epoch: int, shuffle: bool, show_samples: ShowSamples) -> None:
        """Run the step on all samples in the order of this epoch."""
        done = 0
        for chunk in read_ahead(self._chunks(sample_windows(seed, epoch, self.samples, self.sizes, shuffle))):
            arrays = as_tensors(chunk.arrays)
            if chunk.batches:
                self.run_full_batches(arrays, tf.constant(chunk.batches))
            else:
                self.run_smaller_batch(arrays)
            done += chunk.samples
            show_samples(done, self.samples)

    def _chunks(self, windows: Iterator[NDArray[np.int32]]) -> Iterator[Chunk]:
        """A window has whole batches; only the last window may end with a smaller batch."""
        size = self.batches_per_chunk * self.batch
        for samples in windows:
            full = len(samples) // self.batch * self.batch
            for start in range(0, full, size):
                chosen = samples[start : min(start + size, full)]
                # XLA compiles one size, so that a smaller chunk is filled up with samples that no batch has.
                filled = np.concatenate([chosen, np.zeros(size - len(chosen), chosen.dtype)])
                yield Chunk(self.read(filled), len(chosen), len(chosen) // self.batch)
            if full < len(samples):
                yield Chunk(self.read(samples[full:]), len(samples) - full, 0)

    def _full_batches(self, arrays: SampleArrays, count: Any) -> None:
        def run_step(number: Any) -> tuple[Any]:
            self.step(self.make_batch(arrays, number * self.batch + tf.range(self.batch)))
            return (number + 1,)

        tf.while_loop(lambda number: number < count, run_step, (tf.constant(0),), parallel_iterations=1)

    def _smaller_batch(self, arrays: SampleArrays) -> None:
        self.step(self.make_batch(arrays, tf.range(self.samples % self.batch)))


class StreamedEpochs:
    """The epochs of one model on training samples that are not held in memory. Used as CompiledEpochs."""

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
        self.shuffle = params.shuffle
        self.seed_generators = seed_generators(model)

        def new_pass(step: Step, split: str, batch: int, by_class: ClassWeights) -> StreamedPass:
            return StreamedPass(step, model, processed, split, batch, by_class, engine)

        self.training = new_pass(model.train_step, TRAIN, params.batch, class_weights(params, processed))
        self.metrics = create_metrics(model, self._batch_of_one_sample())
        self.validation: StreamedPass | None = None
        if processed.has_split(VALIDATION):
            # As in Keras, classes are weighted in training only.
            self.validation = new_pass(model.test_step, VALIDATION, VALIDATION_BATCH, {})
        prefixes = ("", "val_") if self.validation else ("",)
        self.columns = [prefix + metric for prefix in prefixes for metric in self.metrics]
        self.metric_values = tf.function(
            lambda: metric_values(model, self.metrics), jit_compile=engine == "fused", autograph=False
        )

    def train(
        self,
        seed: int,
        first: int,
        last: int,  # noqa: ARG002
        show_samples: ShowSamples = lambda _done, _of: None,
    ) -> list[Metrics]:
        """Train epoch `first`, and return its metrics. `show_samples` is called about every 100,000 samples."""
        states = random_states(seed, first, len(self.seed_generators))
        for generator, state in zip(self.seed_generators, states, strict=True):
            generator.state.assign(state)
        with use_fast_classes(self.model, self.engine):
            values = self._run(self.training, seed, first, self.shuffle, show_samples)
            if self.validation:
                values += self._run(self.validation, seed, first, False, show_samples)
        metrics = dict(zip(self.columns, values, strict=True))
        self.early_stopping.update(first, metrics[self.early_stopping.monitor])
        self.plateau.update(metrics[self.early_stopping.monitor])
        return [{name: float(value) for name, value in metrics.items()}]

    def _run(
        self, one_pass: StreamedPass, seed: int, epoch: int, shuffle: bool, show_samples: ShowSamples
    ) -> list[Any]:
        self.model.reset_metrics()
        one_pass.run(seed, epoch, shuffle, show_samples)
        return [*self.metric_values()]

    def _batch_of_one_sample(self) -> Any:
        arrays = as_tensors(self.training.read(np.zeros(1, np.int32)))
        return self.training.make_batch(arrays, tf.constant([0]))
