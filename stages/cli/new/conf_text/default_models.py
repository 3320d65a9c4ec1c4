"""The model that a new dataset begins with, by its number of training rows and its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

DefaultKind = Literal["linear", "lstm", "mlp"]


@dataclass(frozen=True)
class DefaultModel:
    """For datasets with fewer than `below` rows."""

    below: float
    units: tuple[int, ...]
    cells: tuple[int, ...]
    dropout: float
    batch: int
    epochs: int
    patience: int


DEFAULT_MODELS = (
    DefaultModel(1_000, (32, 16), (16,), 0.1, 16, 200, 20),
    DefaultModel(20_000, (64, 32), (32,), 0.1, 64, 100, 10),
    DefaultModel(float("inf"), (128, 64), (64,), 0.1, 256, 50, 5),
)
# A forecast with a season and fewer rows begins with a linear model.
LINEAR_BELOW = 1_000
# What another kind of model begins with.
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "linear": {},
    "mlp": {"units": [64, 32], "dropout": 0.1},
    "cnn": {"filters": [32, 64], "units": [64], "dropout": 0.2},
    "simple_rnn": {"cells": [32]},
    "lstm": {"cells": [32]},
    "gru": {"cells": [32]},
    "transformer": {"width": 32, "heads": 2, "blocks": 1},
    "nlinear": {},
    "dlinear": {"average": 25},
}
# The largest window of a series, and the least number of windows' lengths in it.
WINDOW, WINDOWS_IN_SERIES = 20, 12


def default_model(rows: int) -> DefaultModel:
    return next(model for model in DEFAULT_MODELS if rows < model.below)


def default_layers(model: DefaultModel, kind: DefaultKind) -> dict[str, Any]:
    """What conf/ has in `train.model`."""
    match kind:
        case "linear":
            return {"kind": "linear"}
        case "lstm":
            return {"kind": "lstm", "cells": list(model.cells)}
        case "mlp":
            return {"kind": "mlp", "units": list(model.units), "activation": "relu", "dropout": model.dropout}


def default_window(rows: int) -> int:
    """
    >>> default_window(1_000), default_window(120)
    (20, 10)
    """
    return max(2, min(WINDOW, rows // WINDOWS_IN_SERIES))
