"""The loss of each target, and checks that targets, output activation, losses, metrics and monitor fit together."""

from collections.abc import Mapping

from stages.core.artefacts.processed import TargetSpec
from stages.core.errors import ErrorList, format_examples, suggest
from stages.train.params import Loss, Metric, OutputActivation, Train


def losses_by_target(params: Train, targets: Mapping[str, TargetSpec]) -> dict[str, Loss]:
    """Raises a UserError if `params.loss` is by target and has other targets."""
    if isinstance(params.loss, str):
        return dict.fromkeys(targets, params.loss)
    errors = ErrorList()
    for name in params.loss:
        errors.check(name in targets, f"train.loss: no target {name!r}; {suggest(name, list(targets))}")
    for name in targets:
        errors.check(name in params.loss, f"train.loss: no loss for target {name!r}")
    errors.raise_if_any()
    return {name: params.loss[name] for name in targets}


def metric_names(params: Train, targets: Mapping[str, TargetSpec]) -> list[str]:
    """Return what Keras calls the loss and the metrics: with several targets, each one's have its name as prefix."""
    names = ["loss", *params.metrics]
    return names if len(targets) == 1 else ["loss", *(f"{target}_{name}" for target in targets for name in names)]


def output_units(target: TargetSpec, loss: Loss) -> int:
    """Return one unit for a sigmoid over two classes, otherwise one for each class or column."""
    return 1 if loss == "binary_crossentropy" and target.encoding == "integer" else target.width


def check_losses(params: Train, targets: Mapping[str, TargetSpec], losses: Mapping[str, Loss]) -> None:
    errors = ErrorList()
    for name, target in targets.items():
        _check_output(name, target, losses[name], params.output, errors)
        _check_metrics(name, target, losses[name], params.metrics, errors)
    names = [prefix + name for prefix in ("", "val_") for name in metric_names(params, targets)]
    unknown = f"train.monitor: {params.monitor!r} is not recorded; {suggest(params.monitor, names)}"
    errors.check(params.monitor in names, unknown)
    errors.raise_if_any()


def _check_output(name: str, target: TargetSpec, loss: Loss, output: OutputActivation, errors: ErrorList) -> None:
    allowed = _losses_and_outputs(target)
    if (loss, output) not in allowed:
        pairs = " or ".join(f"loss {a} with output {b}" for a, b in allowed)
        errors.add(f"train: target {name} has {_content(target)} and needs {pairs}; received {loss} with {output}")


def _check_metrics(name: str, target: TargetSpec, loss: Loss, metrics: list[Metric], errors: ErrorList) -> None:
    """Keras would compute an accuracy of continuous values, and subtract class numbers from probabilities."""
    allowed = [] if target.classes is None else ["accuracy"]
    allowed += [] if loss == "sparse_categorical_crossentropy" else ["mean_squared_error", "mean_absolute_error"]
    for metric in (m for m in metrics if m not in allowed):
        problem = f"{metric} does not fit target {name}, which has {_content(target)}"
        errors.add(f"train.metrics: {problem}; allowed: {format_examples(allowed)}")


def _content(target: TargetSpec) -> str:
    return "values" if target.classes is None else f"{target.width} classes as {target.encoding} labels"


def _losses_and_outputs(target: TargetSpec) -> list[tuple[Loss, OutputActivation]]:
    if target.encoding == "one_hot":
        return [("categorical_crossentropy", "softmax")]
    if target.encoding == "integer":
        binary: list[tuple[Loss, OutputActivation]] = [("binary_crossentropy", "sigmoid")] if target.width == 2 else []
        return [*binary, ("sparse_categorical_crossentropy", "softmax")]
    return [("mean_squared_error", "linear"), ("mean_absolute_error", "linear"), ("huber", "linear")]
