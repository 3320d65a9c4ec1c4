"""A model with known weights."""

import keras
import numpy as np


def linear_model(slope: float, intercept: float, shape: tuple[int, ...] = (1,)) -> keras.Model:
    """One output unit: `slope` times the sum of the inputs, plus `intercept`."""
    flatten = [keras.layers.Flatten(name="flat")] if len(shape) > 1 else []
    model = keras.Sequential(
        [keras.layers.Input(shape, name="x"), *flatten, keras.layers.Dense(1, name="y")], name="model"
    )
    model.layers[-1].set_weights([np.full((int(np.prod(shape)), 1), slope, np.float32), np.array([intercept])])
    return model
