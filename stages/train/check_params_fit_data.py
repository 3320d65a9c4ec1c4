"""Checks that parameters and processed data fit together, made before Keras is imported."""

import re
from collections.abc import Collection, Iterable, Mapping

from stages.core.artefacts.processed import VALIDATION, Fitted, InputSpec, ProcessedData, TargetSpec
from stages.core.errors import ErrorList, UserError, format_examples, suggest
from stages.core.quantiles import PINBALL
from stages.train.check_embeddings import check_ids
from stages.train.check_nlinear import check_nlinear
from stages.train.class_weights import check_class_weight
from stages.train.params import OutputActivation, Train
from stages.train.params.embedding_params import Embedding
from stages.train.params.layer_params import Cnn, Conv1d, DLinear, Linear, Mlp, NLinear, Rnn, Transformer
from stages.train.params.model_params import Branches, HiddenLayers, Model, Own
from stages.train.params.own_function_names import is_own, metric_name

SMOOTHED_LOSSES = ("categorical_crossentropy", "binary_crossentropy")
_LAYER_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_UNNUMBERED_LAYERS = (
    "flatten|joined|average|flip|shift|rotate|rows|steps|"
    "embedding|embedded_steps|ids_as_numbers|word_mask|word_mask_row|word_mask_column|maximum|"
    "window_(without_last|padded|trend|remainder|trend_and_remainder|(first|last)_(step|values|repeated))"
)
_NUMBERED_LAYERS = (
    "dense|dropout|shortcut|added|conv|norm|activation|pool|block_dropout|simple_rnn|lstm|gru|"
    "norm_in|attention|attended|norm_out|wide|narrow|fed_forward|masked|"
    "window_(change|as_column|last_values|joined|as_row|repeated|added_values)"
)


def check_training(params: Train, processed: ProcessedData) -> None:
    """Raise a UserError where parameters and data do not fit."""
    check_layer_names(processed.fitted, own_model=isinstance(params.model, Own))
    check_losses(params, processed.fitted.targets)
    _check_splits(params, processed)
    check_input_shapes(params.model, processed.fitted.inputs)
    check_nlinear(params, processed.fitted)


def check_layer_names(fitted: Fitted, own_model: bool = False) -> None:
    """Inputs and targets become layers, so their names must be names that Keras and the model's other layers allow.

    The other layers of an own model are not known yet.
    """
    errors = ErrorList()

    def check_name(name: str, example: str) -> None:
        if not _LAYER_NAME.fullmatch(name):
            errors.add(f"train: {name!r} is not a layer name; use ASCII letters, digits, _, - and ., as in {example}")
        if not own_model and is_hidden_layer(name, fitted.inputs):
            errors.add(f"train: {name!r} is the name of one of the model's layers; rename it, as in {example}")

    for name in fitted.inputs:
        check_name(name, "preprocess.inputs: {x: [...]}")
    for name, target in fitted.targets.items():
        example = f"preprocess.targets: {{y: {target.columns[0] if len(target.columns) == 1 else '[...]'}}}"
        check_name(name, example)
        duplicate = f"train: an input and a target have the same name {name!r}; rename one, as in {example}"
        errors.check(name not in fitted.inputs, duplicate)
    errors.raise_if_any()


def is_hidden_layer(name: str, inputs: Iterable[str]) -> bool:
    """Whether a model may have a hidden layer of this name.

    >>> is_hidden_layer("dense_1", ["x"]), is_hidden_layer("x_dense_1", ["x"]), is_hidden_layer("density", ["x"])
    (True, True, False)
    """
    # A branch's layers have the name of its input as prefix.
    prefixes = "|".join(map(re.escape, [*inputs, "shared"]))
    return bool(re.fullmatch(rf"(({prefixes})_)?({_UNNUMBERED_LAYERS}|({_NUMBERED_LAYERS})(_[0-9]+)+)", name))


def check_losses(params: Train, targets: Mapping[str, TargetSpec]) -> None:
    """Check that targets, output activation, losses, metrics and monitor fit together."""
    errors = ErrorList()
    _check_target_names(params, targets, errors)
    errors.raise_if_any()
    losses, outputs = params.losses(targets), params.outputs(targets)
    for name, target in targets.items():
        _check_loss(name, target, losses[name], outputs[name], errors)
        _check_metrics(name, target, losses[name], params.metrics_of(name), errors)
        if params.label_smoothing and losses[name] not in SMOOTHED_LOSSES:
            allowed = ", ".join(SMOOTHED_LOSSES)
            errors.add(f"train.label_smoothing: {losses[name]} of target {name} has none; allowed: {allowed}")
    check_class_weight(params.class_weight, targets, errors)
    names = [prefix + name for prefix in ("", "val_") for name in metric_names(params, targets)]
    unknown = f"train.monitor: {params.monitor!r} is not recorded; {suggest(params.monitor, names)}"
    errors.check(params.monitor in names, unknown)
    errors.raise_if_any()


def metric_names(params: Train, targets: Mapping[str, TargetSpec]) -> list[str]:
    """Return what Keras calls the loss and the metrics: with several targets, each one's have its name as prefix."""
    by_target = {target: ["loss", *map(metric_name, params.metrics_of(target))] for target in targets}
    if len(targets) == 1:
        return next(iter(by_target.values()))
    return ["loss", *(f"{target}_{name}" for target, names in by_target.items() for name in names)]


def _check_target_names(params: Train, targets: Collection[str], errors: ErrorList) -> None:
    """Mappings by target name each target once; metrics and weights of losses may leave targets out."""
    by_target = {"output": params.output, "loss": params.loss, "metrics": params.metrics}
    mappings = {key: value for key, value in by_target.items() if isinstance(value, dict)}
    for key, names in (mappings | {"loss_weights": params.loss_weights}).items():
        for name in names:
            errors.check(name in targets, f"train.{key}: no target {name!r}; {suggest(name, list(targets))}")
        for name in targets if key in ("output", "loss") else ():
            errors.check(name in names, f"train.{key}: no {key} for target {name!r}")
    if params.loss_weights and len(targets) == 1:
        errors.add("train.loss_weights: they weigh the losses of several targets, but there is one; take them out")


def _describe_content(target: TargetSpec) -> str:
    return "values" if target.classes is None else f"{target.width} classes as {target.encoding} labels"


def _check_loss(name: str, target: TargetSpec, loss: str, output: OutputActivation, errors: ErrorList) -> None:
    pairs = _own_loss_and_outputs(loss, target) if is_own(loss) else _losses_and_outputs(target)
    if (loss, output) not in pairs:
        needed = " or ".join(f"loss {a} with output {b}" for a, b in pairs)
        content = _describe_content(target)
        errors.add(f"train: target {name} has {content} and needs {needed}; received {loss} with {output}")


def _check_metrics(name: str, target: TargetSpec, loss: str, metrics: list[str], errors: ErrorList) -> None:
    # Keras would compute an accuracy of continuous values, and subtract class numbers from probabilities.
    allowed = [] if target.classes is None else ["accuracy"]
    allowed += [] if loss == "sparse_categorical_crossentropy" else ["mean_squared_error", "mean_absolute_error"]
    for metric in (m for m in metrics if m not in allowed and not is_own(m)):
        problem = f"{metric} does not fit target {name}, which has {_describe_content(target)}"
        errors.add(f"train.metrics: {problem}; allowed: {format_examples(allowed)}")


def _own_loss_and_outputs(loss: str, target: TargetSpec) -> list[tuple[str, OutputActivation]]:
    """The output of a class is its probability, whatever the loss."""
    if target.classes is None:
        return [(loss, "linear"), (loss, "sigmoid")]
    return [(loss, "softmax"), (loss, "sigmoid")] if is_binary(target) else [(loss, "softmax")]


def is_binary(target: TargetSpec) -> bool:
    """Whether one sigmoid unit is enough: the probability of the second of two classes."""
    return target.encoding == "integer" and target.width == 2


def _losses_and_outputs(target: TargetSpec) -> list[tuple[str, OutputActivation]]:
    if target.encoding == "one_hot":
        return [("categorical_crossentropy", "softmax")]
    if target.encoding == "integer":
        binary: list[tuple[str, OutputActivation]] = [("binary_crossentropy", "sigmoid")] if is_binary(target) else []
        return [*binary, ("sparse_categorical_crossentropy", "softmax")]
    losses = ("mean_squared_error", "mean_absolute_error", "huber", PINBALL)
    return [(loss, "linear") for loss in losses]


def _check_splits(params: Train, processed: ProcessedData) -> None:
    if params.refit and not processed.has_split(VALIDATION):
        raise UserError("train.refit: there is no validation split to add to the training rows; remove the key")
    if params.refit and processed.fitted.window:
        # A window across the border would have rows of both splits.
        raise UserError("train.refit: windows of the training and validation splits cannot be joined; remove the key")
    if params.monitor.startswith("val_") and not processed.has_split(VALIDATION):
        raise UserError(
            f"train.monitor: received {params.monitor}, but there is no validation split; "
            f"use monitor: {params.monitor.removeprefix('val_')} or set preprocess.split.validation"
        )


def check_input_shapes(model: Model, inputs: Mapping[str, InputSpec]) -> None:
    """Check that every input has hidden layers that can take it."""
    if isinstance(model, Own):
        return
    errors = ErrorList()
    if isinstance(model, Branches):
        for name in model.inputs:
            errors.check(name in inputs, f"train.model.inputs: no input {name!r}; {suggest(name, [*inputs])}")
        for name in inputs:
            errors.check(name in model.inputs, f"train.model.inputs: no branch for input {name!r}")
        errors.raise_if_any()
    elif len(inputs) > 1 and not isinstance(model, Linear | Mlp):
        raise UserError(
            f"train.model: {model.kind} takes one input, and the data has {len(inputs)} ({', '.join(inputs)}); "
            "use kind: branches with hidden layers for each, or mlp or linear"
        )
    by_input = model.inputs if isinstance(model, Branches) else dict.fromkeys(inputs, model)
    for name, layers in by_input.items():
        if isinstance(layers, Embedding) or inputs[name].id_count:
            key = f"train.model.inputs.{name}" if isinstance(model, Branches) else "train.model"
            check_ids(key, layers, inputs[name], isinstance(model, Branches), errors)
        else:
            _check_shape(layers, inputs[name].shape, errors)
    errors.raise_if_any()


def _check_shape(layers: HiddenLayers, shape: list[int], errors: ErrorList) -> None:
    if isinstance(layers, Cnn):
        _check_convolutions(layers, shape, errors)
    if isinstance(layers, Conv1d | Rnn | NLinear | DLinear | Transformer):
        grey_image = isinstance(layers, Rnn) and len(shape) == 3 and shape[2] == 1
        errors.check(
            len(shape) == 2 or grey_image,
            f"train.model: {layers.kind} needs inputs of shape [steps, columns]; this input has shape {shape}",
        )
    if isinstance(layers, Conv1d) and len(shape) == 2:
        _check_convolutions(layers, shape, errors)
    if isinstance(layers, NLinear) and len(shape) == 2:
        errors.check(
            shape[0] > 1,
            "train.model: nlinear subtracts the last step, which leaves nothing of a window of one step; use linear",
        )
    if isinstance(layers, Transformer):
        errors.check(
            layers.width % layers.heads == 0,
            f"train.model: width {layers.width} is not divisible by heads {layers.heads}",
        )


def _check_convolutions(layers: Cnn | Conv1d, shape: list[int], errors: ErrorList) -> None:
    """Check that the last block has at least one pixel, or one step."""
    is_image = isinstance(layers, Cnn)
    if is_image and len(shape) != 3:
        errors.add(f"train.model: cnn needs images; this input has shape {shape}")
        return
    side = min(shape[:-1])
    for _ in layers.filters:
        lost = layers.convolutions * (layers.kernel - 1) if layers.padding == "valid" else 0
        side = (side - lost) // layers.pool
    if side <= 0:
        errors.add(
            f"train.model: {len(layers.filters)} blocks with kernel {layers.kernel} ({layers.padding}) and pool "
            f"{layers.pool} leave no {'pixels' if is_image else 'steps'} of {shape[:-1]}; use fewer blocks, a smaller "
            "kernel or pool, or padding: same"
        )
