"""TensorFlow is started once, as our side starts it."""

from stages.core import keras_runtime

keras_runtime.start(1)
