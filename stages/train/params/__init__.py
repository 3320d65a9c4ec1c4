"""The parameters of the train stage: `Train` is the type of a dataset's section `train`."""

from collections.abc import Iterable
from itertools import pairwise
from math import ceil
from typing import Literal, Self

from pydantic import Field, model_validator

from stages.core.parameters.params import Params
from stages.core.parameters.validation_errors import Keys
from stages.core.quantiles import MEDIAN, PINBALL
from stages.train.params.layer_params import Rate
from stages.train.params.loss_params import ClassWeight, Loss, Metric, PositiveWeight, Quantile
from stages.train.params.model_params import Branches, HiddenLayers, Model, Own
from stages.train.params.optimizer_params import Cosine, Optimizer
from stages.train.params.own_function_names import is_own, metric_name

OutputActivation = Literal["softmax", "sigmoid", "linear"]
Engine = Literal["fused", "plain"]


class EarlyStopping(Params):
    """Stop when the monitored metric has not improved by more than `min_delta` for `patience` epochs."""

    patience: int = Field(ge=1)
    min_delta: float = Field(default=0.0, ge=0)


class Train(Params):
    """The parameters of the train stage.

    `output`, `loss` and `metrics` are for all targets, or by target, as in `output: {kind: softmax, price: linear}`.
    `quantiles` are predicted of each value of the targets whose loss is `pinball`, as in `quantiles: [0.1, 0.5, 0.9]`.
    They have the median, 0.5, which is the prediction, and which `metrics` measure.
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
    `shuffle` brings the samples of each epoch into another order. Training and validation arrays of more than 256 MiB
    are not held in memory: their samples are shuffled in windows of at most 256 MiB, see "Tables larger than memory".
    `label_smoothing` gives this share of each label to all classes alike. `optimizer.clip_norm` scales the gradients of
    all weights together, so that their norm is at most this.
    """

    model: Model
    output: OutputActivation | dict[str, OutputActivation]
    loss: Loss | dict[str, Loss]
    quantiles: list[Quantile] = []
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
    def _check_quantiles(self) -> Self:
        losses = [self.loss] if isinstance(self.loss, str) else [*self.loss.values()]
        if PINBALL in losses and not self.quantiles:
            raise ValueError("loss pinball needs quantiles, as in quantiles: [0.1, 0.5, 0.9]")
        if self.quantiles and PINBALL not in losses:
            raise ValueError(f"quantiles need loss: pinball; received {', '.join(losses)}")
        if any(second <= first for first, second in pairwise(self.quantiles)):
            raise ValueError(f"quantiles {self.quantiles} must increase")
        if self.quantiles and MEDIAN not in self.quantiles:
            raise ValueError(f"quantiles {self.quantiles} need the median, {MEDIAN}, which is the prediction")
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

    def quantiles_of(self, target: str) -> list[float]:
        """Return the quantiles that are predicted of this target's values; none if its loss is not pinball."""
        return self.quantiles if self.losses([target])[target] == PINBALL else []

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
