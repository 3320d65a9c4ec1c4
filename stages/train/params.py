"""The parameters of training: model, losses, optimizer, epochs, and which weights are kept."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, WithJsonSchema, model_validator

from stages.core.errors import suggest
from stages.core.params import Params, TextPattern
from stages.core.validation_errors import Keys, format_value
from stages.train.embedding_params import Embedding

Units = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Activation = Literal["relu", "tanh", "sigmoid", "elu", "selu", "gelu", "softplus", "swish", "linear"]
OutputActivation = Literal["softmax", "sigmoid", "linear"]
Engine = Literal["fused", "plain"]

FILE_PATTERN = r"[A-Za-z][A-Za-z0-9_]*\.py"
FUNCTION_PATTERN = rf"{FILE_PATTERN}:[A-Za-z_][A-Za-z0-9_]*"
ModelFile = Annotated[
    str, AfterValidator(TextPattern(FILE_PATTERN, "the name of a Python file in conf/models, as in layers.py"))
]
_check_function = TextPattern(
    FUNCTION_PATTERN, "a Python file in conf/models and a function in it, as in mine.py:build"
)
FunctionName = Annotated[str, AfterValidator(_check_function)]


LOSSES = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
)
METRICS = ("accuracy", "mean_squared_error", "mean_absolute_error")


class _NameOrFunction:
    """A pydantic validator: one of these names of Keras, or a function of one's own."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def __call__(self, value: Any) -> Any:
        if isinstance(value, str) and is_own(value):
            return _check_function(value)
        if value not in self.names and not isinstance(value, dict):  # pydantic says what a mapping should be
            raise ValueError(f"received {format_value(value)}; {suggest(str(value), self.names)}")
        return value

    @property
    def json_schema(self) -> WithJsonSchema:
        return WithJsonSchema({"anyOf": [{"enum": [*self.names]}, {"type": "string", "pattern": r".+\.py:.+"}]})


def is_own(name: str) -> bool:
    """Whether a loss or metric is a function of one's own, as in `mine.py:my_loss`."""
    return ".py" in name


_CHECK_LOSS, _CHECK_METRIC = _NameOrFunction(LOSSES), _NameOrFunction(METRICS)
Loss = Annotated[str, BeforeValidator(_CHECK_LOSS), _CHECK_LOSS.json_schema]
Metric = Annotated[str, BeforeValidator(_CHECK_METRIC), _CHECK_METRIC.json_schema]
PositiveWeight = Annotated[float, Field(gt=0)]


def _text_labels(weights: Any) -> Any:
    """YAML reads the labels 0 and 1 as numbers."""
    if not isinstance(weights, dict):
        return weights
    return {str(label) if type(label) is int else label: _text_labels(weight) for label, weight in weights.items()}


LabelWeights = dict[str, PositiveWeight]
# "balanced", or the weight of each label, or one of the two for each target.
ClassWeight = Annotated[
    Literal["balanced"] | dict[str, PositiveWeight | Literal["balanced"] | LabelWeights], BeforeValidator(_text_labels)
]


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


class Transformer(Params):
    """Encoder blocks over the steps of a window: attention, then two dense layers, each with a residual connection."""

    kind: Literal["transformer"]
    width: Units = 32
    heads: Units = 2
    blocks: Units = 1
    feed_forward: Units = 64
    units: list[Units] = []
    dropout: Rate = 0.0


SequentialLayers = Linear | Mlp | Cnn | Conv1d | Rnn
HiddenLayers = Annotated[Linear | Mlp | Cnn | Conv1d | Rnn | Transformer | Embedding, Field(discriminator="kind")]


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
    Linear | Mlp | Cnn | Conv1d | Rnn | Transformer | Embedding | Branches | Own, Field(discriminator="kind")
]


class Cosine(Params):
    """The rate increases for `warm_up` epochs to the learning rate, then follows half a cosine down to 0."""

    kind: Literal["cosine"]
    warm_up: int = Field(default=0, ge=0)


class Exponential(Params):
    """The learning rate is multiplied by `rate` after every epoch."""

    kind: Literal["exponential"]
    rate: float = Field(gt=0, lt=1)


class StepDecay(Params):
    """The learning rate is multiplied by `factor` after each of these epochs."""

    kind: Literal["steps"]
    after: list[Units] = Field(min_length=1)
    factor: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _check_increasing(self) -> Self:
        if any(second <= first for first, second in pairwise(self.after)):
            raise ValueError(f"after {self.after} must increase")
        return self


class Plateau(Params):
    """The learning rate is multiplied by `factor` when the monitored metric has not improved for `patience` epochs.

    An improvement is more than `min_delta`. No epochs are counted in the `cooldown` epochs after a reduction. The rate
    is never below `min_rate`.
    """

    kind: Literal["plateau"]
    factor: float = Field(gt=0, lt=1)
    patience: Units = 10
    min_delta: float = Field(default=0.0001, ge=0)
    cooldown: int = Field(default=0, ge=0)
    min_rate: float = Field(default=0.0, ge=0)


Schedule = Annotated[Cosine | Exponential | StepDecay | Plateau, Field(discriminator="kind")]


class _Optimizer(Params):
    learning_rate: float = Field(default=0.001, gt=0)
    schedule: Schedule | None = None
    clip_norm: float | None = Field(default=None, gt=0)


class Sgd(_Optimizer):
    kind: Literal["sgd"]
    learning_rate: float = Field(default=0.01, gt=0)
    momentum: float = Field(default=0.0, ge=0, lt=1)


class Adam(_Optimizer):
    kind: Literal["adam"]


class AdamW(_Optimizer):
    """Adam, with all weights multiplied by 1 - `learning_rate` x `weight_decay` in every step."""

    kind: Literal["adamw"]
    weight_decay: float = Field(default=0.004, ge=0)


class RmsProp(_Optimizer):
    kind: Literal["rmsprop"]


Optimizer = Annotated[Sgd | Adam | AdamW | RmsProp, Field(discriminator="kind")]


class EarlyStopping(Params):
    """Stop when the monitored metric has not improved by more than `min_delta` for `patience` epochs."""

    patience: int = Field(ge=1)
    min_delta: float = Field(default=0.0, ge=0)


class Train(Params):
    """The parameters of the train stage.

    `output`, `loss` and `metrics` are for all targets, or by target, as in `output: {kind: softmax, price: linear}`.
    `loss_weights` multiply the losses of several targets; 1 is the default.
    `class_weight` multiplies the loss of the training rows of each class: `{LABEL: number}`, 1 for labels that are not
    named, or `balanced`, by which all classes weigh the same. Several targets have it by target.
    `monitor` is the metric that decides which epoch is best. `keep` says which epoch's weights are saved.
    `refit` trains a fresh model on the training and validation rows, up to the best epoch.
    `seeds` is the number of trainings, with `seed` and the seeds that follow it. They show how stable the result is;
    the model of the first seed is the one that is used.
    `engine: fused` compiles whole epochs with XLA, which changes the last bits of the result. Without `engine`, it is
    chosen by the model, the data and the number of batches.
    A loss or a metric is a name of Keras, or a function of one's own in `conf/models/`, as in `mine.py:my_loss`. `mode`
    says whether a smaller (`min`) or larger (`max`) value of the monitored metric is better; without it, a larger
    accuracy is better, and a smaller value of anything else.
    `label_smoothing` gives this share of each label to all classes alike. `optimizer.clip_norm` scales the gradients of
    all weights together, so that their norm is at most this.
    """

    model: Model
    output: OutputActivation | dict[str, OutputActivation]
    loss: Loss | dict[str, Loss]
    label_smoothing: Rate = 0.0
    loss_weights: dict[str, PositiveWeight] = {}
    metrics: list[Metric] | dict[str, list[Metric]] = []
    class_weight: ClassWeight | None = None
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
    mode: Literal["min", "max"] | None = None
    keep: Literal["best", "last"] = "best"
    early_stopping: EarlyStopping | None = None

    @model_validator(mode="after")
    def _check_warm_up(self) -> Self:
        schedule = self.optimizer.schedule
        if isinstance(schedule, Cosine) and schedule.warm_up > self.epochs:
            raise ValueError(f"the schedule's warm_up, {schedule.warm_up}, is longer than all {self.epochs} epochs")
        return self

    @model_validator(mode="after")
    def _check_monitor(self) -> Self:
        """With several targets a metric has its target's name as prefix, which is checked when the data is known."""
        names = ("loss", *dict.fromkeys(map(metric_name, self.all_metrics.values())))
        allowed = [prefix + name for name in names for prefix in ("", "val_")]
        if self.monitor not in allowed and not self.monitor.endswith(tuple(f"_{name}" for name in names)):
            raise ValueError(f"monitor {self.monitor!r} is never recorded; allowed: {', '.join(allowed)}")
        return self

    @model_validator(mode="after")
    def _check_class_weight(self) -> Self:
        weights = self.class_weight.values() if isinstance(self.class_weight, dict) else ()
        if len({isinstance(weight, float | int) for weight in weights}) > 1:
            raise ValueError("class_weight names labels and targets; use {LABEL: number} or {TARGET: {LABEL: number}}")
        return self

    @property
    def hidden_layers(self) -> list[HiddenLayers]:
        """The layers that conf/ describes; none for a model of one's own."""
        if isinstance(self.model, Own):
            return []
        return list(self.model.inputs.values()) if isinstance(self.model, Branches) else [self.model]

    @property
    def own_functions(self) -> dict[Keys, str]:
        """The functions of one's own, by the keys that name them."""
        found: dict[Keys, str] = {("model", "build"): self.model.build} if isinstance(self.model, Own) else {}
        losses = {(): self.loss} if isinstance(self.loss, str) else {(name,): loss for name, loss in self.loss.items()}
        named = {("loss", *keys): loss for keys, loss in losses.items()}
        named |= {("metrics", *keys): metric for keys, metric in self.all_metrics.items()}
        return found | {keys: name for keys, name in named.items() if is_own(name)}

    @property
    def model_files(self) -> dict[str, Keys]:
        """The files in conf/models that are used, each with the keys that name it first."""
        files = (
            {("model", "files", n): f for n, f in enumerate(self.model.files)} if isinstance(self.model, Own) else {}
        )
        named: dict[Keys, str] = {keys: name.partition(":")[0] for keys, name in self.own_functions.items()} | files
        return {file: keys for keys, file in reversed(named.items())}

    def losses(self, targets: Iterable[str]) -> dict[str, Loss]:
        """Return the loss of each target."""
        return {name: self.loss if isinstance(self.loss, str) else self.loss[name] for name in targets}

    def outputs(self, targets: Iterable[str]) -> dict[str, OutputActivation]:
        """Return the output activation of each target."""
        return {name: self.output if isinstance(self.output, str) else self.output[name] for name in targets}

    @property
    def all_metrics(self) -> dict[Keys, Metric]:
        """The metrics of all targets, by their keys in `metrics`."""
        by_target = self.metrics if isinstance(self.metrics, dict) else {None: self.metrics}
        return {
            (number,) if target is None else (target, number): metric
            for target, metrics in by_target.items()
            for number, metric in enumerate(metrics)
        }

    def metrics_of(self, target: str) -> list[Metric]:
        return self.metrics.get(target, []) if isinstance(self.metrics, dict) else self.metrics

    def batches_per_epoch(self, samples: int) -> int:
        return ceil(samples / self.batch)


def metric_name(metric: str) -> str:
    """What the history calls a metric.

    >>> metric_name("mine.py:top_three"), metric_name("accuracy")
    ('top_three', 'accuracy')
    """
    return metric.rpartition(":")[2]
