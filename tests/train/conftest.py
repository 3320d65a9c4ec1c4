"""TensorFlow is started once, as the stage starts it."""

from stages.core import keras_runtime

keras_runtime.start(1)
