"""Starts TensorFlow once, as the stage does."""

from stages.core.runtime import keras as keras_runtime

keras_runtime.start_keras(1)
