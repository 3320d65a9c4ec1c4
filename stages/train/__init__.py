"""The train stage: trains a Keras model on processed arrays, with the same bits on every run."""
