"""Batches as tensors, gathered inside the compiled epoch from arrays that are held once."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from stages.core.processed import Input, Processed
from stages.core.scaling import apply

Batch = tuple[Any, Any]
Feeder = Callable[[Any], Batch]


def feeder(processed: Processed, split: str, model: keras.Model) -> Feeder:
    """From sample numbers to (inputs, targets); windows are cut and late steps applied here, a batch at a time."""
    part, fitted = processed.splits[split], processed.fitted
    inputs = {name: tf.constant(array) for name, array in part.inputs.items()}
    targets = {name: tf.constant(array) for name, array in part.targets.items()}
    window = fitted.window.window if fitted.window else None
    shaped = _only if isinstance(model, keras.Sequential) else dict

    def batch(samples: Any) -> Batch:
        firsts = samples * window.stride if window else samples
        rows = firsts[:, None] + tf.range(window.length) if window else firsts
        lasts = firsts + window.span - 1 if window else firsts
        x = {name: _ready(tf.gather(array, rows), fitted.inputs[name]) for name, array in inputs.items()}
        y = {name: tf.gather(array, lasts) for name, array in targets.items()}
        return shaped(x), shaped(y)

    return batch


def _ready(x: Any, spec: Input) -> Any:
    x = tf.cast(x, tf.float32)
    return apply(spec.steps, x, keras.ops) if spec.late else x


def _only(named: Mapping[str, Any]) -> Any:
    """A sequential model takes one array, not a mapping of one."""
    (array,) = named.values()
    return array
