"""What is trained, on what terms, and which weights are kept."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.params import Params

Units = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Activation = Literal["relu", "tanh", "sigmoid", "elu", "selu", "gelu", "softplus", "swish", "linear"]
OutputActivation = Literal["softmax", "sigmoid", "linear"]
Loss = Literal[
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
]
Engine = Literal["fused", "plain"]
Metric = Literal["accuracy", "mean_squared_error", "mean_absolute_error"]


class Linear(Params):
    """Inputs straight to the output layer."""

    kind: Literal["linear"]


class Mlp(Params):
    """Dense layers, one after another."""

    kind: Literal["mlp"]
    units: list[Units] = Field(min_length=1)
    activation: Activation = "relu"
    dropout: Rate = 0.0


class Augment(Params):
    """Training pictures drawn anew each epoch: mirrored, and moved by up to a fraction of their size."""

    flip: bool = False
    shift: Rate = 0.0
    rotate: Rate = 0.0


class Cnn(Params):
    """Blocks of `convolutions`, each block with its filters and a maximum over `pool` x `pool` pixels (1: none).

    `batch_norm` follows every convolution; `block_dropout` every block. The last block is flattened, or averaged
    over its pixels (`average`), before the dense layers.
    """

    kind: Literal["cnn"]
    filters: list[Units] = Field(min_length=1)
    convolutions: Units = 1
    kernel: Units = 3
    padding: Literal["valid", "same"] = "same"
    pool: Units = 2
    batch_norm: bool = False
    block_dropout: Rate = 0.0
    average: bool = False
    units: list[Units] = []
    activation: Activation = "relu"
    dropout: Rate = 0.0
    augment: Augment | None = None


class Rnn(Params):
    """Recurrent layers, stacked when there are several, then dense layers. A grey picture is a step a row."""

    kind: Literal["simple_rnn", "lstm", "gru"]
    cells: list[Units] = Field(min_length=1)
    activation: Activation = "tanh"
    units: list[Units] = []
    dropout: Rate = 0.0


class Transformer(Params):
    """Encoder blocks over the steps of a window: attention, then two dense layers, each with a way round it."""

    kind: Literal["transformer"]
    width: Units = 32
    heads: Units = 2
    blocks: Units = 1
    feed_forward: Units = 64
    units: list[Units] = []
    dropout: Rate = 0.0


Body = Annotated[Linear | Mlp | Cnn | Rnn | Transformer, Field(discriminator="kind")]


class Branches(Params):
    """One body for each input, joined, then shared dense layers: Keras' functional way."""

    kind: Literal["branches"]
    inputs: dict[str, Body] = Field(min_length=1)
    units: list[Units] = []
    activation: Activation = "relu"


Model = Annotated[Linear | Mlp | Cnn | Rnn | Transformer | Branches, Field(discriminator="kind")]


class Cosine(Params):
    """From the learning rate down to nothing along half a cosine, over all epochs, after `warm_up` epochs of rise."""

    kind: Literal["cosine"]
    warm_up: int = Field(default=0, ge=0)


class Exponential(Params):
    """Times `rate` every epoch."""

    kind: Literal["exponential"]
    rate: float = Field(gt=0, lt=1)


class Steps(Params):
    """Times `factor` after each of these epochs."""

    kind: Literal["steps"]
    after: list[Units] = Field(min_length=1)
    factor: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _epochs_rise(self) -> Self:
        if any(late <= early for early, late in pairwise(self.after)):
            raise ValueError(f"after {self.after} must rise")
        return self


Schedule = Annotated[Cosine | Exponential | Steps, Field(discriminator="kind")]


class _Optimizer(Params):
    learning_rate: float = Field(default=0.001, gt=0)
    schedule: Schedule | None = None


class Sgd(_Optimizer):
    kind: Literal["sgd"]
    learning_rate: float = Field(default=0.01, gt=0)
    momentum: float = Field(default=0.0, ge=0, lt=1)


class Adam(_Optimizer):
    kind: Literal["adam"]


class RmsProp(_Optimizer):
    kind: Literal["rmsprop"]


Optimizer = Annotated[Sgd | Adam | RmsProp, Field(discriminator="kind")]


class EarlyStopping(Params):
    """Stop when the watched value has not improved by more than `min_delta` for `patience` epochs."""

    patience: int = Field(ge=1)
    min_delta: float = Field(default=0.0, ge=0)


class Train(Params):
    """`monitor` decides which epoch is best; `keep: last` ignores it for the weights that are saved.

    `refit` trains a fresh model on training and validation rows together, for as many epochs as were best.
    `seeds` repeats the whole training with the seeds that follow `seed`, to tell whether the result is stable; the
    first one's model is the model. `engine: fused` compiles the arithmetic too (XLA), which changes the last bits;
    left out, it is chosen by the model, the data and the number of batches.
    """

    model: Model
    output: OutputActivation
    loss: Loss | dict[str, Loss]
    metrics: list[Metric] = []
    optimizer: Optimizer
    epochs: int = Field(ge=1)
    batch: int = Field(ge=1)
    shuffle: bool = True
    seed: int = Field(default=0, ge=0, lt=2**31)
    seeds: int = Field(default=1, ge=1, le=100)
    refit: bool = False
    threads: int = Field(default=1, ge=1)
    engine: Engine | None = None
    monitor: str = "val_loss"
    keep: Literal["best", "last"] = "best"
    early_stopping: EarlyStopping | None = None

    @model_validator(mode="after")
    def _rate_comes_down(self) -> Self:
        schedule = self.optimizer.schedule
        if isinstance(schedule, Cosine) and schedule.warm_up > self.epochs:
            raise ValueError(f"the schedule's warm_up, {schedule.warm_up}, is longer than all {self.epochs} epochs")
        return self

    @model_validator(mode="after")
    def _monitor_is_recorded(self) -> Self:
        """Before a name there may stand that of one of several targets, which only the data tell."""
        names = ("loss", *self.metrics)
        known = [prefix + name for name in names for prefix in ("", "val_")]
        if self.monitor not in known and not self.monitor.endswith(tuple(f"_{name}" for name in names)):
            raise ValueError(f"monitor {self.monitor!r} is never recorded; allowed: {', '.join(known)}")
        return self
