"""TensorFlow is started once, as our side starts it."""

from stages.core.runtime import keras as keras_runtime

keras_runtime.start_keras(1)
