"""The kinds of models: hidden layers for all inputs or for each, or a model of one's own."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, WithJsonSchema

from stages.core.parameters.params import Params
from stages.train.params.embedding_params import Embedding
from stages.train.params.layer_params import (
    Activation,
    Cnn,
    Conv1d,
    DLinear,
    Linear,
    Mlp,
    NLinear,
    Rnn,
    Transformer,
    Units,
)
from stages.train.params.own_function_names import FunctionName, ModelFile

SequentialLayers = Linear | Mlp | Cnn | Conv1d | Rnn
WindowLinear = NLinear | DLinear
HiddenLayers = Annotated[
    Linear | Mlp | Cnn | Conv1d | Rnn | NLinear | DLinear | Transformer | Embedding, Field(discriminator="kind")
]


class Branches(Params):
    """Hidden layers for each input, whose outputs are concatenated, then dense layers."""

    kind: Literal["branches"]
    inputs: dict[str, HiddenLayers] = Field(min_length=1)
    units: list[Units] = []
    activation: Activation = "relu"


class Own(Params):
    """A Keras model of one's own: what the function `build` in a file of `conf/models/` returns.

    It is called as `build(inputs, outputs, **arguments)`. `files` are further files of `conf/models/` that it imports.
    """

    kind: Literal["own"]
    build: FunctionName
    arguments: dict[str, Annotated[JsonValue, WithJsonSchema({})]] = {}
    files: list[ModelFile] = []


Model = Annotated[
    Linear | Mlp | Cnn | Conv1d | Rnn | NLinear | DLinear | Transformer | Embedding | Branches | Own,
    Field(discriminator="kind"),
]
