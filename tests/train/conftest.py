"""TensorFlow is started once, as the stage starts it."""

from stages.core.runtime import keras as keras_runtime

keras_runtime.start_keras(1)
