"""Starts TensorFlow once, as our side does."""

from stages.core.runtime import keras as keras_runtime

keras_runtime.start_keras(1)
