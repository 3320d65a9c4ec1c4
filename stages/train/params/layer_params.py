"""The parameters of hidden layers over numbers: dense, convolutional, recurrent, attention."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.parameters.params import Params

Units = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Activation = Literal["relu", "tanh", "sigmoid", "elu", "selu", "gelu", "softplus", "swish", "linear"]


class Linear(Params):
    """No hidden layers: the inputs go to the output layer. Ids go through an embedding, whose vectors are averaged."""

    kind: Literal["linear"]


class Regularizer(Params):
    """Penalties of the kernels, added to the loss: `l1` times the sum of magnitudes, `l2` times that of squares."""

    l1: float = Field(default=0.0, ge=0)
    l2: float = Field(default=0.0, ge=0)


class Mlp(Params):
    """Dense layers. Several inputs are concatenated; ids go through an embedding first, whose vectors are averaged, and
    pictures of a table through convolutions.

    `norm` adds batch or layer normalization between a layer and its activation. `residual` adds the input of each layer
    to its output; where their widths differ, the input goes through a dense layer without activation.
    """

    kind: Literal["mlp"]
    units: list[Units] = Field(min_length=1)
    activation: Activation = "relu"
    dropout: Rate = 0.0
    norm: Literal["batch", "layer"] | None = None
    residual: bool = False
    regularizer: Regularizer | None = None


class Augment(Params):
    """Random changes of the training images, new in every epoch.

    `flip` mirrors them left to right; `shift` moves them by up to this fraction of their size; `rotate` turns them by
    up to this fraction of a full turn.
    """

    flip: bool = False
    shift: Rate = 0.0
    rotate: Rate = 0.0


class _Convolutions(Params):
    kind: str
    filters: list[Units] = Field(min_length=1)
    convolutions: Units = 1
    kernel: Units = 3
    padding: Literal["valid", "same", "causal"] = "same"
    pool: Units = 2
    batch_norm: bool = False
    block_dropout: Rate = 0.0
    average: bool = False
    residual: bool = False
    units: list[Units] = []
    activation: Activation = "relu"
    dropout: Rate = 0.0
    regularizer: Regularizer | None = None

    @model_validator(mode="after")
    def _check_residual(self) -> Self:
        if self.residual and self.padding == "valid":
            raise ValueError("residual needs the same size before and after a convolution; remove padding: valid")
        return self


class Cnn(_Convolutions):
    """Convolution blocks, one for each number of `filters`, then dense layers.

    A block has `convolutions` and max pooling over `pool` x `pool` pixels (1: none). `batch_norm` adds batch
    normalization after every convolution, `block_dropout` dropout after every block. `residual` adds the input of a
    block to what its convolutions give, before pooling; where the numbers of channels differ, the input goes through a
    convolution of 1x1. The last block is flattened, or averaged over its pixels with `average`.
    """

    kind: Literal["cnn"]
    padding: Literal["valid", "same"] = "same"
    augment: Augment | None = None


class Conv1d(_Convolutions):
    """Convolution blocks over the steps of a window, with the same keys as `cnn`.

    With `padding: causal` a step sees no later ones.
    """

    kind: Literal["conv1d"]


class Rnn(Params):
    """Recurrent layers, then dense layers. Each row of a grey image is one step."""

    kind: Literal["simple_rnn", "lstm", "gru"]
    cells: list[Units] = Field(min_length=1)
    activation: Activation = "tanh"
    units: list[Units] = []
    dropout: Rate = 0.0
    regularizer: Regularizer | None = None


class NLinear(Params):
    """One linear layer over all steps and columns of a window, from which the last value of each column is subtracted.

    The last values of a target's columns are added to its forecast at every step ahead, except where preprocess has
    made the target relative to known values.
    """

    kind: Literal["nlinear"]


class DLinear(Params):
    """A linear layer over the trend of a window and one over the remainder, whose outputs are added.

    The trend is the moving average over `average` steps, an odd number, where the first and the last step are repeated
    at the ends. The remainder is the window minus the trend.
    """

    kind: Literal["dlinear"]
    average: int = Field(default=25, ge=3)

    @model_validator(mode="after")
    def _check_odd(self) -> Self:
        if self.average % 2 == 0:
            raise ValueError(
                f"average {self.average} has no step in its middle; use {self.average - 1} or {self.average + 1}"
            )
        return self


class Transformer(Params):
    """Encoder blocks over the steps of a window: attention, then two dense layers, each with a residual connection."""

    kind: Literal["transformer"]
    width: Units = 32
    heads: Units = 2
    blocks: Units = 1
    feed_forward: Units = 64
    units: list[Units] = []
    dropout: Rate = 0.0
